// The peer for photos: @tus/server with its file store, as its documentation starts it.
// Run: node tests/bench/tus_server.mjs FOLDER PORT
import { createServer } from "node:http";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [folder, port] = process.argv.slice(2);
const tus = new Server({ path: "/photos", datastore: new FileStore({ directory: folder }) });

createServer((request, response) => {
  if (request.url === "/healthz") response.end("ok");
  else tus.handle(request, response);
}).listen(Number(port), "127.0.0.1");
