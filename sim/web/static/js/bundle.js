// Makes one HTML file of the page: styles, font, scripts and recordings inside, nothing to be fetched.
import { toBase64 } from "./recording.js";

/** @typedef {{html: string, css: string, script: string}} Sources */

const IMPORT = /^import \{([^}]*)\} from "\.\/([\w./]+)";$/gm;

/**
 * Modules as one plain script: each becomes a function that gives back what it exports.
 * The modules use only `import {a, b as c} from "./x.js"` and `export` before a declaration of one name, or one list of exports.
 * @param {string} entry @param {(path: string) => Promise<string>} read
 */
export async function bundle(entry, read) {
  /** @type {Map<string, Set<string>>} */
  const exported = new Map();
  let out = '"use strict";\nconst yiheModules = {};\n';
  /** @param {string} path */
  const add = async (path) => {
    if (exported.has(path)) return;
    /** @type {Set<string>} */
    const names = new Set(), returned = /** @type {string[]} */ ([]);
    exported.set(path, names);
    let text = await read(path);
    for (const [, wanted, from] of text.matchAll(IMPORT)) {
      await add(from);
      for (const [name] of wanted.split(",").map((/** @type {string} */ each) => each.trim().split(" as "))) if (!exported.get(from)?.has(name)) throw new Error(`${path}: ${from} exports no ${name}`);
    }
    text = text.replace(IMPORT, (_, wanted, from) => `const {${wanted.replace(/(\w+) as (\w+)/g, "$1: $2")}} = yiheModules["${from}"];`);
    const give = (/** @type {string} */ name, own = name) => {
      names.add(name);
      returned.push(own === name ? name : `${name}: ${own}`);
    };
    for (const [, name] of text.matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)) give(name);
    text = text.replace(/\bexport\s*\{([^}]*)\};?\s*$/, (_, list) => {
      for (const [, own, name] of list.matchAll(/(\w+)(?: as (\w+))?/g)) give(name ?? own, own);
      return "";
    });
    text = text.replace(/^export (?=(?:async )?(?:function|class|const|let) )/gm, "");
    out += `yiheModules["${path}"] = (() => {\n${text}\nreturn {${returned.join(", ")}};\n})();\n`;
  };
  await add(entry);
  return out;
}

/** Sources of this page: fetched from its server, or taken from the exported file that it is. @returns {Promise<Sources>} */
export async function sources() {
  const script = document.getElementById("yihe-script"), style = document.getElementById("yihe-style");
  if (script && style) {
    return { html: JSON.parse(document.getElementById("yihe-html")?.textContent ?? '""'), css: style.textContent ?? "", script: script.textContent ?? "" };
  }
  const read = async (/** @type {string} */ path) => (await fetch(path)).text();
  const html = await read("./");
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map((m) => m[1]);
  let css = (await Promise.all(styles.map(read))).join("\n");
  // Where there is no font, the style asks for none.
  const url = /url\("\.\.\/(font\/[^"]+)"\)/, font = url.exec(css);
  const answer = font ? await fetch(`static/${font[1]}`) : null;
  if (answer?.ok) {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    css = css.replace(url, () => `url("data:font/woff2;base64,${toBase64(bytes)}")`);
  }
  return { html, css, script: await bundle("main.js", (path) => read(`static/js/${path}`)) };
}

/** A script that may stand inside a script element; done twice it stays the same. */
const inside = (/** @type {string} */ text) => text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");

/** Data that may stand inside a script element, and comes out as it went in. */
const data = (/** @type {any} */ value) => JSON.stringify(value).replace(/</g, "\\u003c");

/**
 * The whole file.
 * @param {Sources} from @param {any} settings @param {string} a base64 @param {string} b base64
 */
export function page(from, settings, a, b) {
  const bare = from.html;
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src blob:";
  const parts = [
    `<script type="application/json" id="settings">${data(settings)}</script>`,
    `<script type="text/plain" id="recording-a">${a}</script>`, `<script type="text/plain" id="recording-b">${b}</script>`,
    `<script type="application/json" id="yihe-html">${data(bare)}</script>`, `<script id="yihe-script">${inside(from.script)}</script>`,
  ].join("\n");
  return bare
    .replace(/<link rel="(?:stylesheet|modulepreload)"[^>]*>\s*/g, "").replace(/<link rel="icon"[^>]*>\s*/, "").replace(/<script type="module"[^>]*><\/script>\s*/, "")
    .replace("</head>", () => `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<link rel="icon" href="data:,">\n<style id="yihe-style">\n${from.css.trim()}\n</style>\n</head>`)
    .replace("</body>", () => `${parts}\n</body>`);
}
