// Makes one HTML file of the page: styles, font, scripts and recordings inside, nothing to be fetched.

/** @typedef {{html: string, css: string, script: string}} Sources */

/**
 * Modules as one plain script: each becomes a function that gives back what it exports.
 * The modules use only `import {a, b as c} from "./x.js"` and `export` before a declaration.
 * @param {string} entry @param {(path: string) => Promise<string>} read
 */
export async function bundle(entry, read) {
  const done = new Set();
  let out = '"use strict";\nconst yiheModules = {};\n';
  /** @param {string} path */
  const add = async (path) => {
    if (done.has(path)) return;
    done.add(path);
    let text = await read(path);
    const needed = [...text.matchAll(/^import \{[^}]*\} from "\.\/([\w.]+)";$/gm)].map((m) => m[1]);
    for (const each of needed) await add(each);
    text = text.replace(/^import \{([^}]*)\} from "\.\/([\w.]+)";$/gm, (_, names, from) => `const {${names.replace(/(\w+) as (\w+)/g, "$1: $2")}} = yiheModules["${from}"];`);
    const names = [...text.matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)].map((m) => m[1]);
    text = text.replace(/^export (?=(?:async )?(?:function|class|const|let) )/gm, "");
    out += `yiheModules["${path}"] = (() => {\n${text}\nreturn {${names.join(", ")}};\n})();\n`;
  };
  await add(entry);
  return out;
}

/** Sources of this page: fetched from its server, or taken from the exported file that it is. @returns {Promise<Sources>} */
export async function sources() {
  const script = document.getElementById("yihe-script"), style = document.getElementById("yihe-style");
  if (script && style) {
    return { html: document.getElementById("yihe-html")?.textContent ?? "", css: style.textContent ?? "", script: script.textContent ?? "" };
  }
  const read = async (/** @type {string} */ path) => (await fetch(path)).text();
  const html = await read("./");
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map((m) => m[1]);
  let css = (await Promise.all(styles.map(read))).join("\n");
  const font = await fetch("static/font/yihe-sc.woff2").catch(() => null);
  const data = font?.ok ? new Uint8Array(await font.arrayBuffer()) : null;
  css = css.replace(/url\("[^"]*woff2"\)/, () => (data?.length ? `url("data:font/woff2;base64,${base64(data)}")` : 'local("Noto Sans SC")'));
  return { html, css, script: await bundle("main.js", (path) => read(`static/js/${path}`)) };
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let raw = "";
  for (let i = 0; i < bytes.length; i += 32768) raw += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(raw);
}

/** Text that may stand inside a script element. */
const inside = (/** @type {string} */ text) => text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");

/**
 * The whole file.
 * @param {Sources} from @param {any} settings @param {string} a base64 @param {string} b base64
 */
export function page(from, settings, a, b) {
  const bare = from.html;
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src blob:";
  const data = [
    `<script type="application/json" id="settings">${inside(JSON.stringify(settings))}</script>`,
    `<script type="text/plain" id="recording-a">${a}</script>`, `<script type="text/plain" id="recording-b">${b}</script>`,
    `<script type="text/plain" id="yihe-html">${inside(bare)}</script>`, `<script id="yihe-script">${inside(from.script)}</script>`,
  ].join("\n");
  return bare
    .replace(/<link rel="stylesheet"[^>]*>\s*/g, "").replace(/<link rel="icon"[^>]*>\s*/, "").replace(/<script type="module"[^>]*><\/script>\s*/, "")
    .replace("</head>", () => `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<link rel="icon" href="data:,">\n<style id="yihe-style">\n${from.css}\n</style>\n</head>`)
    .replace("</body>", () => `${data}\n</body>`);
}
