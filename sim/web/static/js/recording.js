// Reads one recording (docs/recording.md): a header in JSON and arrays in one gzip stream.

const MAGIC = "YIHEREC1";
const TYPES = {
  u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array,
};

/**
 * @typedef {{dtype: keyof typeof TYPES, shape: number[], offset: number, coding: "plain" | "weekly_delta"}} ArraySpec
 * @typedef {{key: string, zh: string, en: string}} Word
 */

/** One run: `header` as written and every array as a typed array; `N` residents, `W` weeks. */
export class Recording {
  /** @param {any} header @param {Uint8Array} body @param {Uint8Array} bytes */
  constructor(header, body, bytes) {
    this.header = header;
    this.bytes = bytes;
    /** @type {Record<string, any>} */
    this.arrays = {};
    for (const [name, spec] of Object.entries(header.arrays)) this.arrays[name] = read(body, spec, name);
    this.W = this.shape("resident_stage")[0];
    this.N = this.shape("resident_stage")[1];
    this.B = this.shape("building_grid")[0];
    this.K = this.shape("institution_kind")[0];
  }

  /** Values of an array, or an empty one where this recording has none. @param {string} name */
  get(name) {
    return this.arrays[name] ?? new Uint8Array(0);
  }

  /** @param {string} name @returns {number[]} */
  shape(name) {
    const spec = this.header.arrays[name];
    if (!spec) throw new Error(`recording without ${name}`);
    return spec.shape;
  }

  /** Whole series of one outcome. @param {string} key @returns {Float64Array} */
  outcome(key) {
    const row = this.header.outcomes.findIndex((/** @type {Word} */ o) => o.key === key);
    const weeks = this.shape("outcomes")[1];
    return row < 0 ? new Float64Array(weeks).fill(NaN) : this.get("outcomes").subarray(row * weeks, (row + 1) * weeks);
  }

  /** Value of a weekly (W, n) array. @param {string} name @param {number} week @param {number} i */
  at(name, week, i) {
    const a = this.arrays[name];
    return a ? a[week * this.shape(name)[1] + i] : 0;
  }
}

/** @param {Uint8Array} body @param {ArraySpec} spec @param {string} name */
function read(body, spec, name) {
  const Type = TYPES[spec.dtype];
  if (!Type) throw new Error(`${name}: dtype ${spec.dtype}`);
  const n = spec.shape.reduce((p, k) => p * k, 1);
  if (spec.offset + n * Type.BYTES_PER_ELEMENT > body.byteLength) throw new Error(`${name}: cut short`);
  const start = body.byteOffset + spec.offset, buffer = /** @type {ArrayBuffer} */ (body.buffer);
  const values = start % Type.BYTES_PER_ELEMENT === 0
    ? new Type(buffer, start, n)
    : new Type(buffer.slice(start, start + n * Type.BYTES_PER_ELEMENT));
  if (spec.coding === "weekly_delta") {
    const row = n / Math.max(1, spec.shape[0]);
    for (let i = row; i < n; i++) values[i] += values[i - row];
  }
  return values;
}

/** @param {Uint8Array} bytes @returns {Promise<Recording>} */
export async function readRecording(bytes) {
  const magic = new TextDecoder().decode(bytes.subarray(0, 8));
  if (magic !== MAGIC) throw new Error("not a recording of this format");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(8, true);
  if (12 + length > bytes.byteLength) throw new Error("recording cut short");
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length)));
  if (header.format !== 1) throw new Error(`recording of format ${header.format}`);
  const stream = new Blob([/** @type {any} */ (bytes.subarray(12 + length))]).stream().pipeThrough(new DecompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  return new Recording(header, body, bytes);
}

/** A recording's bytes, compressed: from a server on this machine they come as they are. @param {Uint8Array} bytes */
export async function squeezed(bytes) {
  const start = 12 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const body = new Blob([/** @type {any} */ (bytes.subarray(start))]).stream();
  const small = body.pipeThrough(new DecompressionStream("gzip")).pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Blob([/** @type {any} */ (bytes.subarray(0, start)), await new Response(small).arrayBuffer()]).arrayBuffer());
}

/** @param {string} text base64 @returns {Uint8Array} */
export function fromBase64(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes @returns {string} base64 */
export function toBase64(bytes) {
  let raw = "";
  for (let i = 0; i < bytes.length; i += 32768) raw += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(raw);
}
