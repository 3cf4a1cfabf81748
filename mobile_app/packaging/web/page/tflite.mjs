// Reads a TensorFlow Lite model: a FlatBuffer of tensors and of operators that lead from one to the next.
// TensorFlow, tensorflow/compiler/mlir/lite/schema/schema.fbs

const [FLOAT32, FLOAT16, INT32] = [0, 1, 2];

/** A table of the FlatBuffer that begins at byte `at`. Its fields are counted as in the schema. */
class Table {
  constructor(view, at) {
    this.view = view;
    this.start = at;
    this.vtable = at - view.getInt32(at, true);
    this.fields = (view.getUint16(this.vtable, true) - 4) / 2;
  }

  /** Where a field stands, or 0 if it is left out. */
  place(field) {
    const offset = field < this.fields ? this.view.getUint16(this.vtable + 4 + 2 * field, true) : 0;
    return offset && this.start + offset;
  }

  byte(field, otherwise = 0) {
    const at = this.place(field);
    return at ? this.view.getInt8(at) : otherwise;
  }

  int(field, otherwise = 0) {
    const at = this.place(field);
    return at ? this.view.getInt32(at, true) : otherwise;
  }

  /** The table that a field refers to; null if it is left out. */
  table(field) {
    const at = this.place(field);
    return at ? new Table(this.view, at + this.view.getUint32(at, true)) : null;
  }

  /** [first byte, length] of the vector that a field refers to. */
  vector(field) {
    const at = this.place(field);
    if (!at) return [0, 0];
    const start = at + this.view.getUint32(at, true);
    return [start + 4, this.view.getUint32(start, true)];
  }

  ints(field) {
    const [start, length] = this.vector(field);
    return Array.from({ length }, (_, index) => this.view.getInt32(start + 4 * index, true));
  }

  tables(field) {
    const [start, length] = this.vector(field);
    return Array.from({ length }, (_, index) => {
      const at = start + 4 * index;
      return new Table(this.view, at + this.view.getUint32(at, true));
    });
  }
}

/** The number that 16 bits stand for in half precision. */
function half(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** The numbers of a constant tensor; null for one that is computed. */
function constant(tensor, buffers) {
  const [start, bytes] = buffers[tensor.int(2)].vector(0);
  if (!bytes) return null;
  const { view } = tensor;
  const numbers = {
    [FLOAT32]: () => Float32Array.from({ length: bytes / 4 }, (_, index) => view.getFloat32(start + 4 * index, true)),
    [FLOAT16]: () => Float32Array.from({ length: bytes / 2 }, (_, index) => half(view.getUint16(start + 2 * index, true))),
    [INT32]: () => Int32Array.from({ length: bytes / 4 }, (_, index) => view.getInt32(start + 4 * index, true)),
  }[tensor.byte(1)];
  if (!numbers) throw new Error(`tensors of type ${tensor.byte(1)} are not read`);
  return numbers();
}

/**
 * The model in `bytes`: its tensors {shape, data} (data of constants only, half precision as float32), its operators
 * {code, inputs, outputs, options}, and which tensors are its input and its outputs.
 */
export function readModel(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = new Table(view, view.getUint32(0, true));
  const codes = model.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const [graph, buffers] = [model.tables(2)[0], model.tables(4)];
  return {
    tensors: graph.tables(0).map((tensor) => ({ shape: tensor.ints(0), data: constant(tensor, buffers) })),
    operators: graph.tables(3).map((operator) => ({
      code: codes[operator.int(0)],
      inputs: operator.ints(1),
      outputs: operator.ints(2),
      options: operator.table(4),
    })),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
  };
}
