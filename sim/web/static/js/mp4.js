// An MP4 file of one silent H.264 film whose frames all stand equally long (ISO/IEC 14496-12 and -15).

const enc = new TextEncoder();
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/** @param {number} v @returns {number[]} four bytes */
const u32 = (v) => [(v >>> 24) & 255, (v >>> 16) & 255, (v >>> 8) & 255, v & 255];
const u16 = (/** @type {number} */ v) => [(v >>> 8) & 255, v & 255];

/** A box: its length, its name, its content. @param {string} name @param {...(number[]|Uint8Array)} content @returns {Uint8Array} */
function box(name, ...content) {
  const size = 8 + content.reduce((n, part) => n + part.length, 0), out = new Uint8Array(size);
  out.set(u32(size));
  out.set(enc.encode(name), 4);
  content.reduce((at, part) => (out.set(part, at), at + part.length), 8);
  return out;
}

/** A box with version and flags, all nought unless told. @param {string} name @param {...(number[]|Uint8Array)} content */
const full = (name, ...content) => box(name, u32(0), ...content);

/**
 * @param {{w: number, h: number, rate: number, config: Uint8Array}} film frames a second and the decoder's own settings
 * @param {{data: Uint8Array, key: boolean}[]} frames in the order in which they are shown
 * @returns {Uint8Array[]} parts of the file
 */
export function mp4({ w, h, rate, config }, frames) {
  const n = frames.length, keys = frames.flatMap((f, i) => (f.key ? [i + 1] : []));
  const head = box("ftyp", enc.encode("isom"), u32(0x200), enc.encode("isomiso2avc1mp41"));
  const entry = box("avc1", [0, 0, 0, 0, 0, 0, 0, 1], new Uint8Array(16), u16(w), u16(h), u32(0x480000), u32(0x480000), u32(0), u16(1), new Uint8Array(32), u16(24), [255, 255], box("avcC", config));
  const table = box("stbl",
    full("stsd", u32(1), entry), full("stts", u32(1), u32(n), u32(1)), full("stss", u32(keys.length), keys.flatMap(u32)),
    // All frames lie in one chunk, right after the head of “mdat”.
    full("stsc", u32(1), u32(1), u32(n), u32(1)), full("stsz", u32(0), u32(n), frames.flatMap((f) => u32(f.data.length))), full("stco", u32(1), u32(head.length + 8)));
  const media = box("mdia",
    full("mdhd", u32(0), u32(0), u32(rate), u32(n), u16(0x55c4), u16(0)), full("hdlr", u32(0), enc.encode("vide"), new Uint8Array(12), enc.encode("film\0")),
    box("minf", box("vmhd", [0, 0, 0, 1], new Uint8Array(8)), box("dinf", full("dref", u32(1), box("url ", [0, 0, 0, 1]))), table));
  const matrix = MATRIX.flatMap(u32);
  const track = box("trak", box("tkhd", [0, 0, 0, 3], u32(0), u32(0), u32(1), u32(0), u32(n), new Uint8Array(16), matrix, u32(w << 16), u32(h << 16)), media);
  const movie = box("moov", full("mvhd", u32(0), u32(0), u32(rate), u32(n), u32(0x10000), u16(0x100), new Uint8Array(10), matrix, new Uint8Array(24), u32(2)), track);
  const size = 8 + frames.reduce((bytes, f) => bytes + f.data.length, 0);
  return [head, Uint8Array.from([...u32(size), ...enc.encode("mdat")]), ...frames.map((f) => f.data), movie];
}
