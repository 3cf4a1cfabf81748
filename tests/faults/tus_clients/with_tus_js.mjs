// One life of tus-js-client: `node with_tus_js.mjs MODE URL TOKEN FILE SHA256 MEMORY`.
//
// Modes: `whole`; `at once`, which sends the bytes with the creation request; `pause`, which stops halfway; `resume`,
// which resumes the upload in the file MEMORY; `end`, which terminates the upload in MEMORY.

import { createReadStream, statSync } from "node:fs";
import * as tus from "tus-js-client";

const [mode, url, token, file, sha256, memory] = process.argv.slice(2);
const CHUNK = 40_000;

const upload = new tus.Upload(createReadStream(file), {
    endpoint: `${url}/api/v1/photos`,
    headers: { Authorization: `Bearer ${token}` },
    metadata: { sha256, mime: "image/jpeg" },
    chunkSize: CHUNK,
    uploadSize: statSync(file).size,
    uploadDataDuringCreation: mode === "at once",
    retryDelays: Array(50).fill(0),
    urlStorage: new tus.FileUrlStorage(memory),
    removeFingerprintOnSuccess: true,
    onChunkComplete: async (_size, accepted, total) => {
        if (mode === "pause" && accepted >= total / 2) {
            await upload.abort();
            process.exit(0);
        }
    },
    onSuccess: () => process.exit(0),
    onError: (error) => {
        console.error(error);
        process.exit(1);
    },
});

const [previous] = await upload.findPreviousUploads();
if (previous) upload.resumeFromPreviousUpload(previous);
if (mode === "resume" && !previous) throw new Error("no upload in MEMORY");
if (mode === "end") {
    await tus.Upload.terminate(previous.uploadUrl, upload.options);
    process.exit(0);
}
upload.start();
