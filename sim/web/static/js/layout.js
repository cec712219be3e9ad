// Where grids, buildings, homes and institutions stand, in CSS pixels of a map at zoom 1.

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{x: number, y: number, w: number, h: number}} Box */
/**
 * @typedef {object} Layout
 * @property {number} w @property {number} h
 * @property {Float32Array} x of residents @property {Float32Array} y of residents @property {number} r radius of a light
 * @property {Box[]} grids @property {Box[]} buildings
 * @property {{x: number, y: number, space: number, core: boolean}[]} institutions middle of each and room for its name
 * @property {number} mark size of a case's mark
 * @property {boolean} many whether there are several communities
 * @property {number} roof height kept free above a building
 */

const CORE = 0, STREET = 9;

/**
 * @param {Recording} rec @param {number} w @param {number} h @param {number} type size of letters, 1 as usual
 * @returns {Layout}
 */
export function layOut(rec, w, h, type) {
  const communityOf = rec.get("building_community");
  const communities = Math.max(...communityOf) + 1;
  const kinds = rec.get("institution_kind"), owners = rec.get("institution_community");
  const many = communities > 1;
  const across = Math.min(communities, Math.max(1, Math.round(Math.sqrt(communities * (w / h)))));
  const down = Math.ceil(communities / across);
  const unit = Math.max(many ? 0.5 : 0.8, Math.min(many ? 1 : 1.6, Math.min(w / across, h / down) / (many ? 460 : 380)));
  const street = many ? 40 * unit : 0;
  const disc = 11 * unit * (type > 1 ? 1.1 : 1);
  /** @type {Layout} */
  const out = {
    w, h, x: new Float32Array(rec.N), y: new Float32Array(rec.N), r: 1, grids: [], buildings: [],
    institutions: Array.from({ length: rec.K }, () => ({ x: w / 2, y: 22 * unit, space: w / 2, core: false })), mark: 5 * unit, roof: 9 * unit, many,
  };
  const areas = [];
  for (let c = 0; c < communities; c++) {
    const box = {
      x: (c % across) * (w / across), y: street + Math.floor(c / across) * ((h - street) / down),
      w: w / across, h: (h - street) / down,
    };
    const own = [];
    for (let k = 0; k < rec.K; k++) {
      if (kinds[k] !== CORE && (owners[k] === c || (!many && kinds[k] === STREET))) own.push(k);
    }
    const rim = 2 * disc + 9 + 12 * type * (many ? 0.4 : 1);
    placeRim(out, own, box, rim, disc + 4);
    areas.push(...gridAreas(rec, c, box, rim, out, kinds, owners));
  }
  placeBuildings(rec, areas, out);
  placeResidents(rec, out);
  return out;
}

/** Institutions in two rows, above and below. @param {Layout} out @param {number[]} own @param {Box} box @param {number} rim @param {number} drop */
function placeRim(out, own, box, rim, drop) {
  const top = Math.ceil(own.length / 2);
  own.forEach((k, i) => {
    const upper = i < top;
    const n = upper ? top : own.length - top;
    const j = upper ? i : i - top;
    const space = (box.w - 8) / n;
    out.institutions[k] = { x: box.x + 4 + (j + 0.5) * space, y: upper ? box.y + drop : box.y + box.h - rim + drop, space, core: false };
  });
}

/** Grids above and below the core, which stands in the middle. */
function gridAreas(/** @type {Recording} */ rec, /** @type {number} */ c, /** @type {Box} */ box, /** @type {number} */ rim, /** @type {Layout} */ out, /** @type {any} */ kinds, /** @type {any} */ owners) {
  const gridCommunity = rec.get("grid_community");
  const own = [];
  for (let g = 0; g < gridCommunity.length; g++) if (gridCommunity[g] === c) own.push(g);
  const band = Math.min(54, box.h * 0.13);
  const upper = Math.ceil(own.length / 2), rows = own.length > 1 ? 2 : 1;
  const height = (box.h - 2 * rim - band) / rows;
  for (let k = 0; k < rec.K; k++) {
    if (kinds[k] === CORE && owners[k] === c) {
      out.institutions[k] = { x: box.x + box.w / 2, y: box.y + rim + height + band * 0.5, space: box.w / 2, core: true };
    }
  }
  return own.map((g, i) => {
    const top = i < upper;
    const n = top ? upper : own.length - upper, j = top ? i : i - upper;
    const area = {
      g, x: box.x + 6 + j * ((box.w - 12) / n) + 2, y: box.y + rim + (top ? 0 : height + band) + 2,
      w: (box.w - 12) / n - 4, h: height - 4,
    };
    out.grids[g] = area;
    return area;
  });
}

/** Buildings of one size and scale in all grids. @param {Recording} rec @param {any[]} areas @param {Layout} out */
function placeBuildings(rec, areas, out) {
  const gridOf = rec.get("building_grid"), floors = rec.get("building_floors"), perFloor = rec.get("building_per_floor");
  /** @type {Record<number, number[]>} */
  const members = {};
  for (let b = 0; b < rec.B; b++) (members[gridOf[b]] ??= []).push(b);
  const most = Math.max(...Object.values(members).map((m) => m.length));
  const homes = Array.from({ length: rec.B }, (_, b) => b).filter((b) => !rec.get("building_units")[b]), all = homes.length ? homes : [...gridOf.keys()];
  const wide = Math.max(...all.map((b) => perFloor[b])), tall = Math.max(...floors);
  const w = Math.min(...areas.map((a) => a.w)), h = Math.min(...areas.map((a) => a.h));
  let best = { score: 0, columns: 1, cw: 1, ch: 1 };
  for (let columns = 1; columns <= most; columns++) {
    const rows = Math.ceil(most / columns);
    let cw = (w / columns - 6) / wide, ch = (h / rows - out.roof - 5) / tall;
    cw = Math.min(cw, ch * 2.6);
    ch = Math.min(ch, cw * 1.7);
    const score = Math.min(cw, 1.4 * ch);
    if (cw > 0 && ch > 0 && score > best.score) best = { score, columns, cw, ch };
  }
  const { columns, cw, ch } = best;
  for (const area of areas) {
    const own = members[area.g] ?? [];
    const rows = Math.ceil(own.length / columns);
    own.forEach((b, i) => {
      const row = Math.floor(i / columns), inRow = Math.min(columns, own.length - row * columns);
      const stepX = area.w / inRow, stepY = area.h / rows;
      // Offices are wider than any home; they take what room there is.
      const bw = Math.min(cw * perFloor[b], stepX - 6), bh = ch * storeys(rec, b);
      out.buildings[b] = {
        x: area.x + (i % columns + 0.5) * stepX - bw / 2, y: area.y + (row + 1) * stepY - bh - 3, w: bw, h: bh,
      };
    });
  }
}

/** Storeys as drawn: offices hold many people on one, so they are drawn taller. @param {Recording} rec @param {number} b */
function storeys(rec, b) {
  const floors = rec.get("building_floors")[b];
  return rec.get("building_units")[b] ? Math.max(floors, Math.min(4, Math.max(...rec.get("building_floors")))) : floors;
}

/** Residents within their dwellings, floor by floor from the ground. @param {Recording} rec @param {Layout} out */
function placeResidents(rec, out) {
  const building = rec.get("resident_building"), dwelling = rec.get("resident_dwelling");
  const floors = rec.get("building_floors"), perFloor = rec.get("building_per_floor");
  const firstDwelling = rec.get("building_first_dwelling");
  let i = 0, r = 99;
  while (i < rec.N) {
    let end = i;
    while (end < rec.N && dwelling[end] === dwelling[i]) end++;
    const b = building[i], box = out.buildings[b], across = Math.max(1, perFloor[b]);
    const place = dwelling[i] - firstDwelling[b];
    const cw = box.w / across, ch = box.h / Math.max(1, floors[b]);
    const x0 = box.x + (place % across) * cw, y0 = box.y + box.h - (Math.floor(place / across) + 1) * ch;
    const n = end - i;
    const columns = Math.max(1, Math.min(n, Math.round(Math.sqrt((n * cw) / ch))));
    const rows = Math.ceil(n / columns);
    for (let k = 0; k < n; k++) {
      out.x[i + k] = x0 + ((k % columns) + 0.5) * (cw / columns);
      out.y[i + k] = y0 + (Math.floor(k / columns) + 0.5) * (ch / rows);
    }
    if (!rec.get("building_units")[b]) r = Math.min(r, Math.max(cw / 5.2, 0.9), Math.max(ch / 3.3, 0.9));
    i = end;
  }
  out.r = Math.max(0.9, Math.min(7, r));
}
