// The peer for photos: @tus/server with its file store, as its documentation starts it.
// Run: node tests/bench/tus_server.mjs FOLDER PORT [durable]
// With `durable` it promises what ours does: before the last answer the SHA-256 is compared, and the bytes and
// their names are forced to the disk.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [folder, port, durable] = process.argv.slice(2);

async function force(path, flags) {
  const file = await open(path, flags);
  await file.sync();
  return file;
}

async function onUploadFinish(_request, upload) {
  const file = await force(join(folder, upload.id), "r+");
  const digest = createHash("sha256").update(await file.readFile()).digest("hex");
  await file.close();
  await (await force(folder, "r")).close();
  return digest === upload.metadata.sha256 ? {} : { status_code: 422 };
}

const tus = new Server({
  path: "/photos",
  datastore: new FileStore({ directory: folder }),
  ...(durable ? { onUploadFinish } : {}),
});

createServer((request, response) => {
  if (request.url === "/healthz") response.end("ok");
  else tus.handle(request, response);
}).listen(Number(port), "127.0.0.1");
