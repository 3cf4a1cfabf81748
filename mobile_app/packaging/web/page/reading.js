// Flutter's file picker starts to read all chosen files at once and lists them as their reads end: small ones
// first. Read one after the other, they come in the order in which they were picked.

export function readInOrder() {
  const read = FileReader.prototype.readAsArrayBuffer;
  let last = Promise.resolve();
  FileReader.prototype.readAsArrayBuffer = function (blob) {
    const before = last;
    last = new Promise((done) => this.addEventListener("loadend", done, { once: true }));
    before.then(() => read.call(this, blob));
  };
}
