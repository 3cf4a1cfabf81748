/* Draws the graticule, the towns, the visible hazards and visits on the Leaflet map that folium built. */
"use strict";

const anlan = {};

anlan.element = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

anlan.fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/* ---- marks ---- */

const SETTLED = new Set(["closed", "invalid", "merged"]);

anlan.mark = (spot, words) => {
  const shape = SETTLED.has(spot.status) ? " settled" : spot.status === "relapsed" ? " relapsed" : "";
  const torn = spot.conflicts ? " torn" : "";
  return anlan.element("div", `mark status-${spot.status}${shape}${torn}`, words.glyphs[spot.status]);
};

anlan.number = (total) => anlan.element("span", "", total > 9999 ? `${Math.round(total / 1000)}k` : String(total));

anlan.ring = (counts, total) => {
  const ring = anlan.element("div", "ring");
  let from = 0;
  const slices = Object.entries(counts).map(([status, n]) => {
    const to = from + (360 * n) / total;
    const slice = `var(--status-${status}) ${from}deg ${to}deg`;
    from = to;
    return slice;
  });
  ring.style.background = `conic-gradient(${slices.join(",")})`;
  ring.append(anlan.number(total));
  return ring;
};

anlan.icon = (node, size) =>
  L.divIcon({ html: node, className: "", iconSize: [size, size], popupAnchor: [0, -size / 2] });

/* ---- popups: built from DOM nodes, so that record texts are never parsed as HTML ---- */

anlan.card = (spot, words) => {
  const card = anlan.element("div");
  if (spot.photo) {
    const image = anlan.element("img");
    image.src = `/api/v1/photos/${spot.photo}/thumb`;
    image.alt = anlan.fill(words.photo_of, { name: spot.name || words.unnamed });
    card.append(image);
  } else if (spot.awaited) {
    card.append(anlan.element("p", "hint", words.photo_awaited));
  }
  card.append(anlan.element("strong", "", spot.name || words.unnamed));
  card.append(anlan.element("p", "hint", [spot.number || words.no_number, spot.town].filter(Boolean).join(" · ")));
  const line = anlan.element("p");
  const chip = anlan.element("span", `chip status-${spot.status}`);
  chip.append(anlan.element("b", "", words.glyphs[spot.status]), words.statuses[spot.status]);
  line.append(chip);
  if (spot.due) line.append(anlan.element("span", spot.late ? "late" : "", ` ${words.due_date} ${spot.due}`));
  card.append(line, anlan.link("hazards", spot, words.open_hazard, "open"));
  return card;
};

anlan.link = (place, spot, text, className) => {
  const link = anlan.element("a", className, text);
  link.href = `/${place}/${encodeURIComponent(spot.id)}`;
  return link;
};

anlan.list = (spots, total, kind) => {
  const card = anlan.element("div");
  card.append(anlan.element("strong", "", anlan.fill(kind.hereWords, { n: total })));
  const list = anlan.element("ul");
  for (const spot of spots) {
    const link = anlan.link(kind.place, spot, undefined, "");
    link.append(kind.mark(spot), kind.line(spot));
    const item = anlan.element("li");
    item.append(link);
    list.append(item);
  }
  card.append(list);
  if (spots.length < total) card.append(anlan.element("p", "hint", anlan.fill(kind.moreWords, { n: spots.length })));
  return card;
};

/* ---- the two kinds of records: where they come from, how they look, what is said of them ---- */

anlan.hazardKind = (words, nameTowns) => ({
  placed: nameTowns, // the names of towns make room for the marks
  place: "hazards", points: "/map/points.json", here: "/map/here.json", note: "drawn", above: 10000,
  hereWords: words.hazards_here, moreWords: words.more_here,
  ring: (cell) => anlan.ring(cell.counts, cell.n),
  cellTitle: (cell) => {
    const statuses = Object.entries(cell.counts).map(([status, n]) => `${words.statuses[status]} ${n}`);
    return anlan.fill(words.cluster_label, { n: cell.n, statuses: statuses.join(words.separator) });
  },
  mark: (spot) => anlan.mark(spot, words),
  title: (spot) => [spot.name || words.unnamed, words.statuses[spot.status], spot.number].filter(Boolean).join(" · "),
  line: (spot) => `${spot.name || words.unnamed} · ${words.statuses[spot.status]}`,
  card: (spot) => anlan.card(spot, words),
});

anlan.visitKind = (words, separator) => {
  const title = (spot) => [spot.place || words.unnamed, words.kinds[spot.kind], spot.date].filter(Boolean).join(" · ");
  return {
    place: "visits", points: "/map/visits.json", here: "/map/visits-here.json", note: "visits", above: 5000,
    hereWords: words.here, moreWords: words.more_here,
    ring: (cell) => {
      const ring = anlan.element("div", "ring visit");
      ring.append(anlan.number(cell.n));
      return ring;
    },
    cellTitle: (cell) => {
      const kinds = Object.entries(cell.counts).map(([kind, n]) => `${words.kinds[kind]} ${n}`);
      return anlan.fill(words.cluster_label, { n: cell.n, kinds: kinds.join(separator) });
    },
    mark: (spot) => {
      const mark = anlan.element("div", "mark visit");
      mark.append(anlan.element("span", "", words.glyphs[spot.kind]));
      return mark;
    },
    title,
    line: title,
    card: (spot) => {
      const card = anlan.element("div");
      card.append(anlan.element("strong", "", spot.place || words.unnamed));
      card.append(anlan.element("p", "hint", [words.kinds[spot.kind], spot.town, spot.date].filter(Boolean).join(" · ")));
      for (const name of ["headcount", "households"]) {
        if (spot[name] !== null) card.append(anlan.element("p", "", `${words[name]} ${spot[name]}`));
      }
      card.append(anlan.link("visits", spot, words.open, "open"));
      return card;
    },
  };
};

/* ---- popups by keyboard: the focus goes in, Esc closes, and the focus comes back ---- */

anlan.popups = (map, frame, words) => {
  map.on("popupopen", ({ popup }) => {
    const node = popup.getElement();
    node.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    node.querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    const inside = popup.getElement()?.contains(document.activeElement);
    if (inside) popup._source?.getElement()?.focus({ preventScroll: true });
  });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
};

/* ---- where the map stands: in the address, so that the way back leads there; and its size, for paper ---- */

const PLACE = /^#map=(\d{1,2})\/(-?\d{1,3}\.\d{1,6})\/(-?\d{1,3}\.\d{1,6})$/;

anlan.place = () => {
  const found = PLACE.exec(window.location.hash);
  return found && { zoom: Number(found[1]), centre: [Number(found[2]), Number(found[3])] };
};

anlan.keepPlace = (map) => {
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    window.history.replaceState(null, "", `#map=${Math.round(map.getZoom())}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
  });
  window.addEventListener("hashchange", () => {
    const place = anlan.place();
    if (place) map.setView(place.centre, place.zoom, { animate: false });
  });
};

const PAPER = { width: 740, height: 640 }; // CSS pixels on A4 across, beside the legend

anlan.sizeForPaper = (map, frame) => {
  const note = () => {
    const { x, y } = map.getSize();
    frame.style.setProperty("--width", `${x}px`);
    frame.style.setProperty("--height", `${y}px`);
    frame.style.setProperty("--paper", String(Math.min(PAPER.width / x, PAPER.height / y)));
  };
  map.on("resize", () => { if (!window.matchMedia("print").matches) note(); });
  note();
};

/* ---- base map: works without a tile server ---- */

anlan.graticule = (map) => {
  const pane = map.createPane("graticule");
  pane.style.zIndex = 250;
  pane.style.pointerEvents = "none";
  const layer = L.layerGroup().addTo(map);
  const steps = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];
  const label = (point, text) =>
    L.marker(point, {
      pane: "graticule", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "degree", html: anlan.element("span", "", text), iconSize: [0, 0], iconAnchor: [-3, 14] }),
    });
  const draw = () => {
    layer.clearLayers();
    const view = map.getBounds();
    const span = (110 * (view.getEast() - view.getWest())) / map.getSize().x;
    const step = steps.filter((s) => s >= span).pop() || steps[0];
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const style = { pane: "graticule", color: "#9db0c0", weight: 1, interactive: false };
    const corner = map.containerPointToLatLng([4, map.getSize().y - 26]);
    for (let i = Math.ceil(view.getWest() / step); i * step <= view.getEast(); i += 1) {
      const lon = i * step;
      const x = map.latLngToContainerPoint([corner.lat, lon]).x;
      layer.addLayer(L.polyline([[view.getSouth(), lon], [view.getNorth(), lon]], style));
      if (x > 110) layer.addLayer(label([corner.lat, lon], `${Math.abs(lon).toFixed(digits)}°${lon < 0 ? "W" : "E"}`));
    }
    for (let i = Math.ceil(view.getSouth() / step); i * step <= view.getNorth(); i += 1) {
      const lat = i * step;
      layer.addLayer(L.polyline([[lat, view.getWest()], [lat, view.getEast()]], style));
      const y = map.latLngToContainerPoint([lat, corner.lng]).y;
      if (lat > corner.lat && y > 110) layer.addLayer(label([lat, corner.lng], `${Math.abs(lat).toFixed(digits)}°${lat < 0 ? "S" : "N"}`));
    }
  };
  map.on("moveend resize", draw);
  draw();
};

anlan.towns = (map, towns) => {
  const pane = map.createPane("towns");
  pane.style.zIndex = 300;
  pane.style.pointerEvents = "none";
  const layer = L.layerGroup().addTo(map);
  const size = (name) => {
    const wide = [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 7), 0);
    return wide / 2 + 3;
  };
  /* Each name goes under its town, above or beside it: where no ring and no other name lies, if there is such a place. */
  const draw = (rings = []) => {
    layer.clearLayers();
    if (map.getZoom() < 9) return;
    const placed = [];
    const isFree = (x, y, half) =>
      !placed.some((other) => Math.abs(other.y - y) < 16 && Math.abs(other.x - x) < half + other.half) &&
      !rings.some((ring) => Math.hypot(Math.max(0, Math.abs(ring.x - x) - half), Math.max(0, Math.abs(ring.y - y) - 8)) < ring.r);
    for (const [name, lat, lon] of towns) {
      const at = map.latLngToContainerPoint([lat, lon]);
      const half = size(name);
      const side = half + 26;
      const places = [[0, 0], [0, 30], [0, -30], [side, 0], [-side, 0], [half, 34], [-half, 34], [half, -34], [-half, -34], [0, 44], [0, -44]];
      const found = places.find(([x, y]) => isFree(at.x + x, at.y + y, half));
      if (!found) continue;
      placed.push({ x: at.x + found[0], y: at.y + found[1], half });
      layer.addLayer(L.marker([lat, lon], {
        pane: "towns", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "town", html: anlan.element("span", "", name), iconSize: [120, 16], iconAnchor: [60 - found[0], 8 - found[1]] }),
      }));
    }
  };
  map.on("zoomend", () => draw());
  draw();
  return draw;
};

/* ---- a layer of records: clusters and single ones ---- */

anlan.layer = (map, frame, words, kind) => {
  const layer = L.layerGroup();
  const message = frame.querySelector(".map-message");
  let running = null;
  const drawn = new Map(); // a marker's data as JSON → the marker

  const address = (path, bounds) => {
    const query = new URLSearchParams(frame.dataset.query);
    const wrapped = [
      Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()),
      Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth()),
    ];
    query.set("bbox", wrapped.map((side) => side.toFixed(7)).join(","));
    return `${path}?${query}`;
  };

  const get = async (url, signal) => {
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    if (answer.status === 401) {
      window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const failed = (error) => {
    if (error.name === "AbortError") return;
    const retry = anlan.element("button", "", words.retry);
    retry.type = "button";
    retry.addEventListener("click", load);
    message.replaceChildren(words.loading_failed, " ", retry);
  };

  const openCell = async (cell, marker) => {
    const [west, south, east, north] = cell.box;
    const bounds = L.latLngBounds([south, west], [north, east]);
    const fits = map.getBoundsZoom(bounds.pad(0.1));
    const onOnePoint = east - west < 0.0001 && north - south < 0.0001; // about 10 m
    if (!onOnePoint && fits > map.getZoom() && map.getZoom() < map.getMaxZoom()) {
      map.fitBounds(bounds.pad(0.1), { maxZoom: Math.max(fits, map.getZoom() + 1) });
      return;
    }
    try {
      const found = await get(address(kind.here, bounds.pad(0.001)));
      marker.unbindPopup().bindPopup(anlan.list(found.points, cell.n, kind), { minWidth: 240 }).openPopup();
    } catch (error) { failed(error); }
  };

  const add = (marker, title) => {
    layer.addLayer(marker);
    marker.getElement().setAttribute("aria-label", title);
    return marker;
  };

  const drawCell = (cell) => {
    const title = kind.cellTitle(cell);
    const size = cell.n < 10 ? 40 : cell.n < 100 ? 46 : cell.n < 1000 ? 54 : 62;
    const marker = L.marker([cell.lat, cell.lon], { icon: anlan.icon(kind.ring(cell), size), title });
    marker.on("click keypress", (event) => {
      if (event.type === "click" || event.originalEvent.key === "Enter") openCell(cell, marker);
    });
    return add(marker, title);
  };

  const drawSpot = (spot) => {
    const title = kind.title(spot);
    const marker = L.marker([spot.lat, spot.lon], { icon: anlan.icon(kind.mark(spot), 30), title, riseOnHover: true, zIndexOffset: kind.above });
    marker.bindPopup(() => kind.card(spot), { minWidth: 220, maxWidth: 260 });
    return add(marker, title);
  };

  const load = async () => {
    if (running) running.abort();
    running = new AbortController();
    const url = `${address(kind.points, map.getBounds())}&zoom=${Math.round(map.getZoom())}`;
    try {
      const found = await get(url, running.signal);
      message.replaceChildren();
      const visible = new Map([
        ...found.cells.map((cell) => [JSON.stringify(cell), () => drawCell(cell)]),
        ...found.points.map((spot) => [JSON.stringify(spot), () => drawSpot(spot)]),
      ]);
      // Keep markers that are still visible: a popup that made the map pan must not flicker.
      for (const [key, marker] of drawn) {
        if (visible.has(key)) continue;
        layer.removeLayer(marker);
        drawn.delete(key);
      }
      for (const [key, draw] of visible) if (!drawn.has(key)) drawn.set(key, draw());
      if (kind.placed) {
        kind.placed([...drawn.values()].map((marker) => {
          const { x, y } = map.latLngToContainerPoint(marker.getLatLng());
          return { x, y, r: marker.options.icon.options.iconSize[0] / 2 };
        }));
      }
      frame.dataset[kind.note] = String(found.cells.length + found.points.length);
    } catch (error) { failed(error); }
  };

  const show = () => {
    layer.addTo(map);
    map.on("moveend", load);
    load();
  };

  const hide = () => {
    map.off("moveend", load);
    if (running) running.abort();
    layer.clearLayers().remove();
    drawn.clear();
    delete frame.dataset[kind.note];
  };

  return { show, hide };
};

/* ---- the visits: shown where a person wants them, now and the next time ---- */

anlan.visitsChoice = (layer) => {
  const KEPT = "anlan.map.visits";
  const choice = document.getElementById("show-visits");
  const apply = () => (choice.checked ? layer.show() : layer.hide());
  choice.checked = window.localStorage.getItem(KEPT) === "1";
  choice.addEventListener("change", () => {
    window.localStorage.setItem(KEPT, choice.checked ? "1" : "0");
    apply();
  });
  if (choice.checked) apply();
};

/* Called by the script that folium generates, with the towns and the initial extent. */
anlan.start = (map, { towns, extent }) => {
  const frame = document.getElementById("hazard-map");
  const words = JSON.parse(document.getElementById("map-words").textContent);
  map.zoomControl.remove();
  L.control.scale({ imperial: false }).addTo(map);
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  map.attributionControl.setPrefix(false);
  L.Popup.mergeOptions({ autoPanPadding: [20, 50] });
  const only = frame.dataset.only ? JSON.parse(frame.dataset.only) : null;
  if (only) {
    map.setView([only.lat, only.lon], Math.min(15, map.getMaxZoom()), { animate: false });
  } else {
    const [west, south, east, north] = (frame.dataset.extent || extent).split(",").map(Number);
    const place = anlan.place();
    if (place) map.setView(place.centre, place.zoom, { animate: false });
    else map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 16, animate: false });
    anlan.keepPlace(map);
    anlan.sizeForPaper(map, frame);
    anlan.popups(map, frame, words);
  }
  anlan.graticule(map);
  const nameTowns = anlan.towns(map, towns);
  if (only) {
    L.marker([only.lat, only.lon], { icon: anlan.icon(anlan.mark(only, words), 30), title: only.name, keyboard: false, interactive: false }).addTo(map);
  } else {
    anlan.layer(map, frame, words, anlan.hazardKind(words, nameTowns)).show();
    anlan.visitsChoice(anlan.layer(map, frame, words, anlan.visitKind(words.visits, words.separator)));
  }
};
