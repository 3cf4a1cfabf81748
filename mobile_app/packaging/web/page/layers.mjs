// Runs a convolutional TensorFlow Lite model on a picture of any size, in plain JavaScript: without WebAssembly or a GPU
// it does the same in every browser and under every Content-Security-Policy.
//
// A tensor is {height, width, channels, data}; data by rows, columns and channels.

const [ADD, CONV_2D, DEPTHWISE_CONV_2D, DEQUANTIZE, MAX_POOL_2D] = [0, 3, 4, 6, 17];
const [RELU, RESHAPE, RESIZE_BILINEAR, PAD] = [19, 22, 23, 34];
const SAME = 0;
const [TO_RELU, TO_RELU6] = [1, 3];

export const tensor = (height, width, channels, data = new Float32Array(height * width * channels)) => ({
  height,
  width,
  channels,
  data,
});

/** Cut off what is negative, and above 6 if so asked, in place. */
function activate(result, activation) {
  if (!activation) return result;
  if (activation !== TO_RELU && activation !== TO_RELU6) throw new Error(`activation ${activation} is not known`);
  const [most, { data }] = [activation === TO_RELU6 ? 6 : Infinity, result];
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] < 0) data[at] = 0;
    else if (data[at] > most) data[at] = most;
  }
  return result;
}

/** [length of the output, padding before the input] of a window of `size` that moves by `stride`. */
function windowed(length, size, stride, padding) {
  if (padding !== SAME) return [Math.floor((length - size) / stride) + 1, 0];
  const out = Math.ceil(length / stride);
  return [out, Math.max(0, (out - 1) * stride + size - length) >> 1];
}

const sums = new Float64Array(16);

/**
 * out[row][column] = bias[column] + rows[row] · weights[column], for `count` rows of `depth` numbers; out from `start` on.
 * Four rows and four columns at once: each number that is read is used four times.
 */
function multiply(rows, count, depth, weights, bias, out, start) {
  const columns = bias.length;
  for (let row = 0; row < count; row += 4) {
    const r0 = row * depth;
    const r1 = Math.min(row + 1, count - 1) * depth;
    const r2 = Math.min(row + 2, count - 1) * depth;
    const r3 = Math.min(row + 3, count - 1) * depth;
    for (let column = 0; column < columns; column += 4) {
      const w0 = column * depth;
      const w1 = Math.min(column + 1, columns - 1) * depth;
      const w2 = Math.min(column + 2, columns - 1) * depth;
      const w3 = Math.min(column + 3, columns - 1) * depth;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
      let b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      let c0 = 0, c1 = 0, c2 = 0, c3 = 0;
      let d0 = 0, d1 = 0, d2 = 0, d3 = 0;
      for (let at = 0; at < depth; at += 1) {
        const x0 = weights[w0 + at];
        const x1 = weights[w1 + at];
        const x2 = weights[w2 + at];
        const x3 = weights[w3 + at];
        const y0 = rows[r0 + at];
        const y1 = rows[r1 + at];
        const y2 = rows[r2 + at];
        const y3 = rows[r3 + at];
        a0 += y0 * x0;
        a1 += y0 * x1;
        a2 += y0 * x2;
        a3 += y0 * x3;
        b0 += y1 * x0;
        b1 += y1 * x1;
        b2 += y1 * x2;
        b3 += y1 * x3;
        c0 += y2 * x0;
        c1 += y2 * x1;
        c2 += y2 * x2;
        c3 += y2 * x3;
        d0 += y3 * x0;
        d1 += y3 * x1;
        d2 += y3 * x2;
        d3 += y3 * x3;
      }
      sums[0] = a0;
      sums[1] = a1;
      sums[2] = a2;
      sums[3] = a3;
      sums[4] = b0;
      sums[5] = b1;
      sums[6] = b2;
      sums[7] = b3;
      sums[8] = c0;
      sums[9] = c1;
      sums[10] = c2;
      sums[11] = c3;
      sums[12] = d0;
      sums[13] = d1;
      sums[14] = d2;
      sums[15] = d3;
      const [high, wide] = [Math.min(4, count - row), Math.min(4, columns - column)];
      for (let down = 0; down < high; down += 1) {
        const place = start + (row + down) * columns + column;
        for (let right = 0; right < wide; right += 1) out[place + right] = sums[4 * down + right] + bias[column + right];
      }
    }
  }
}

/** Each output row is a product: of what lies under the window there, and the weights [output, row, column, input]. */
function convolve(input, kernel, bias, options) {
  const { channels, data } = input;
  const [, rows, columns] = kernel.shape;
  const [across, down] = [options.int(1, 1), options.int(2, 1)];
  const [height, above] = windowed(input.height, rows, down, options.byte(0));
  const [width, before] = windowed(input.width, columns, across, options.byte(0));
  const out = tensor(height, width, bias.length);
  if (rows === 1 && columns === 1 && across === 1 && down === 1) {
    multiply(data, height * width, channels, kernel.data, bias, out.data, 0);
    return activate(out, options.byte(3));
  }
  const depth = rows * columns * channels;
  const under = new Float32Array(width * depth);
  for (let y = 0; y < height; y += 1) {
    under.fill(0);
    for (let row = 0; row < rows; row += 1) {
      const from = y * down - above + row;
      if (from < 0 || from >= input.height) continue;
      for (let x = 0; x < width; x += 1) {
        const left = x * across - before;
        const [first, last] = [Math.max(0, -left), Math.min(columns, input.width - left)];
        const start = (from * input.width + left) * channels;
        const read = data.subarray(start + first * channels, start + last * channels);
        under.set(read, x * depth + (row * columns + first) * channels);
      }
    }
    multiply(under, width, depth, kernel.data, bias, out.data, y * width * bias.length);
  }
  return activate(out, options.byte(3));
}

/** One pixel of a convolution of each channel by itself, of a window of 3 × 3 that lies in the picture from `at` on. */
function convolveNine(data, at, row, channels, weights, bias, out, place) {
  const [second, third] = [at + row, at + 2 * row];
  const [right, far] = [channels, 2 * channels];
  for (let channel = 0; channel < channels; channel += 1) {
    const a = at + channel;
    const b = second + channel;
    const c = third + channel;
    out[place + channel] =
      bias[channel] +
      data[a] * weights[channel] +
      data[a + right] * weights[channel + channels] +
      data[a + far] * weights[channel + 2 * channels] +
      data[b] * weights[channel + 3 * channels] +
      data[b + right] * weights[channel + 4 * channels] +
      data[b + far] * weights[channel + 5 * channels] +
      data[c] * weights[channel + 6 * channels] +
      data[c + right] * weights[channel + 7 * channels] +
      data[c + far] * weights[channel + 8 * channels];
  }
}

/** The same of a window that lies partly beside the picture: `rows` and `columns` are [first, past the last] of it. */
function convolveSome(data, at, row, channels, rows, columns, wide, weights, bias, out, place) {
  for (let channel = 0; channel < channels; channel += 1) out[place + channel] = bias[channel];
  for (let down = rows[0]; down < rows[1]; down += 1) {
    for (let across = columns[0]; across < columns[1]; across += 1) {
      const [from, weight] = [at + down * row + across * channels, (down * wide + across) * channels];
      for (let channel = 0; channel < channels; channel += 1) {
        out[place + channel] += data[from + channel] * weights[weight + channel];
      }
    }
  }
}

/** Each channel by itself; the weights are [1, row, column, channel]. */
function convolveChannels(input, kernel, bias, options) {
  const { channels, data } = input;
  const [, rows, columns] = kernel.shape;
  const [across, down] = [options.int(1, 1), options.int(2, 1)];
  if (kernel.shape[3] !== channels) throw new Error("more outputs than channels are not computed");
  const [height, above] = windowed(input.height, rows, down, options.byte(0));
  const [width, before] = windowed(input.width, columns, across, options.byte(0));
  const out = tensor(height, width, channels);
  const row = input.width * channels;
  for (let y = 0; y < height; y += 1) {
    const top = y * down - above;
    const inside = [Math.max(0, -top), Math.min(rows, input.height - top)];
    const whole = rows === 3 && columns === 3 && inside[0] === 0 && inside[1] === 3;
    for (let x = 0; x < width; x += 1) {
      const left = x * across - before;
      const [at, place] = [top * row + left * channels, (y * width + x) * channels];
      if (whole && left >= 0 && left + 3 <= input.width) {
        convolveNine(data, at, row, channels, kernel.data, bias, out.data, place);
        continue;
      }
      const within = [Math.max(0, -left), Math.min(columns, input.width - left)];
      convolveSome(data, at, row, channels, inside, within, columns, kernel.data, bias, out.data, place);
    }
  }
  return activate(out, options.byte(4));
}

function pool(input, options) {
  const { channels, data } = input;
  const [across, down, columns, rows] = [1, 2, 3, 4].map((field) => options.int(field, 1));
  const [height, above] = windowed(input.height, rows, down, options.byte(0));
  const [width, before] = windowed(input.width, columns, across, options.byte(0));
  const out = tensor(height, width, channels);
  out.data.fill(-Infinity);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const place = (y * width + x) * channels;
      for (let row = Math.max(0, y * down - above); row < Math.min(input.height, y * down - above + rows); row += 1) {
        const last = Math.min(input.width, x * across - before + columns);
        for (let column = Math.max(0, x * across - before); column < last; column += 1) {
          const from = (row * input.width + column) * channels;
          for (let channel = 0; channel < channels; channel += 1) {
            if (data[from + channel] > out.data[place + channel]) out.data[place + channel] = data[from + channel];
          }
        }
      }
    }
  }
  return activate(out, options.byte(5));
}

function add(one, other, options) {
  const out = tensor(one.height, one.width, one.channels, one.data.slice());
  for (let at = 0; at < out.data.length; at += 1) out.data[at] += other.data[at];
  return activate(out, options ? options.byte(0) : 0);
}

/** Zeros around a tensor; `sides` are the numbers before and after, of batches, rows, columns and channels. */
function pad(input, sides) {
  const [, , above, below, before, after, first, last] = sides;
  const out = tensor(input.height + above + below, input.width + before + after, input.channels + first + last);
  for (let y = 0; y < input.height; y += 1) {
    for (let x = 0; x < input.width; x += 1) {
      const from = (y * input.width + x) * input.channels;
      const to = ((y + above) * out.width + x + before) * out.channels + first;
      out.data.set(input.data.subarray(from, from + input.channels), to);
    }
  }
  return out;
}

/** `by` times as high and wide; how the corners lie is said in `options`. */
function resize(input, by, options) {
  const [corners, centres] = [options?.byte(2), options?.byte(3)];
  const [height, width, { channels, data }] = [input.height * by, input.width * by, input];
  const out = tensor(height, width, channels);
  const places = (length, from) =>
    Array.from({ length }, (_, at) => {
      const place = corners ? (at * (from - 1)) / (length - 1) : centres ? (at + 0.5) / by - 0.5 : at / by;
      const low = Math.min(from - 1, Math.max(0, Math.floor(place)));
      return [low, Math.min(from - 1, low + 1), Math.min(1, Math.max(0, place - low))];
    });
  const [rows, columns] = [places(height, input.height), places(width, input.width)];
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, down] = rows[y];
    for (let x = 0; x < width; x += 1) {
      const [left, right, across] = columns[x];
      const place = (y * width + x) * channels;
      const corner = (row, column) => (row * input.width + column) * channels;
      const [a, b, c, d] = [corner(top, left), corner(top, right), corner(bottom, left), corner(bottom, right)];
      for (let channel = 0; channel < channels; channel += 1) {
        const above = data[a + channel] * (1 - across) + data[b + channel] * across;
        const below = data[c + channel] * (1 - across) + data[d + channel] * across;
        out.data[place + channel] = above * (1 - down) + below * down;
      }
    }
  }
  return out;
}

/** The outputs of a model of `readModel` for `picture`, a tensor whose sides the model's strides divide. */
export function run(model, picture) {
  const constants = [];
  const values = [];
  const lastUse = [];
  model.tensors.forEach(({ data }, index) => (constants[index] = data));
  model.operators.forEach(({ inputs }, step) => inputs.forEach((input) => (lastUse[input] = step)));
  model.outputs.forEach((output) => (lastUse[output] = Infinity));
  values[model.inputs[0]] = picture;
  model.operators.forEach(({ code, inputs, outputs, options }, step) => {
    const [input, second, third] = inputs;
    const [of, kernel] = [values[input], { shape: model.tensors[second]?.shape, data: constants[second] }];
    const ratio = () => model.tensors[outputs[0]].shape[1] / model.tensors[input].shape[1];
    const work = {
      [ADD]: () => add(of, values[second], options),
      [CONV_2D]: () => convolve(of, kernel, constants[third], options),
      [DEPTHWISE_CONV_2D]: () => convolveChannels(of, kernel, constants[third], options),
      [MAX_POOL_2D]: () => pool(of, options),
      [RELU]: () => activate(tensor(of.height, of.width, of.channels, of.data.slice()), TO_RELU),
      [RESHAPE]: () => of,
      [RESIZE_BILINEAR]: () => resize(of, ratio(), options),
      [PAD]: () => pad(of, constants[second]),
    }[code];
    if (code === DEQUANTIZE) constants[outputs[0]] = constants[input];
    else if (work) values[outputs[0]] = work();
    else throw new Error(`operator ${code} is not known`);
    for (const used of inputs) if (lastUse[used] === step) values[used] = null;
  });
  return model.outputs.map((output) => values[output]);
}
