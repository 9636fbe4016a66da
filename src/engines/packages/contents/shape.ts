/** What a text looks like, without a look at what it says: obfuscators, invisible characters, code out of sight. */

import type { Language } from "./code/token.ts";
import type { Hit } from "./rules.ts";

const SAMPLE = 2 * 1024 * 1024;

export function shapeThreats(source: string, language: Language): Hit[] {
  const text = source.length > SAMPLE ? source.slice(0, SAMPLE) : source;
  const hits: Hit[] = [];
  const obfuscated = language === "python" ? obfuscatedPython(text) : obfuscatedScript(text);
  if (obfuscated !== undefined) hits.push({ rule: "obfuscator-output", at: obfuscated, capabilities: ["obfuscated"] });
  const away = outOfSight(text);
  if (away !== undefined) hits.push({ rule: "hidden-code", at: away, capabilities: ["obfuscated"] });
  const unicode = invisible(text);
  if (unicode !== undefined) hits.push(unicode);
  return hits;
}

/** Lines of a bundler are long; those of a person are not. */
export function isMinified(source: string): boolean {
  if (source.length < 2_000) return false;
  const part = source.length > 100_000 ? source.slice(0, 100_000) : source;
  let lines = 1;
  for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", at + 1)) lines += 1;
  return part.length / lines > 400;
}

const MANGLED_NAMES = 24;
const MANGLED = /_0x[0-9a-f]{3,8}\b/g;
const ESCAPES_SHARE = 0.2;

function obfuscatedScript(text: string): number | undefined {
  // javascript-obfuscator's names.
  let at = text.indexOf("_0x");
  if (at >= 0) {
    MANGLED.lastIndex = at;
    const names = new Set<string>();
    let uses = 0;
    for (let found = MANGLED.exec(text); found !== null && uses < 4_000; found = MANGLED.exec(text)) {
      uses += 1;
      if (names.size < MANGLED_NAMES) names.add(found[0]);
    }
    const rotates = /\[['"]push['"]\]\(\w+\[['"]shift['"]\]\(\)\)|while\s*\(\s*!!\[\]\s*\)|\bparseInt\(_0x/.test(text);
    if ((names.size >= 8 && rotates) || (names.size >= MANGLED_NAMES && uses * 120 > text.length)) return at;
  }
  // Other names of the same tool: an array of texts, put round by a loop until a sum fits.
  const rotation =
    /while\s*\(\s*!!\[\]\s*\)\s*\{\s*try\s*\{|\(\s*function\s*\(\w+,\s*\w+\)\s*\{[^{}]{0,200}while\s*\(\s*(?:true|!!\[\]|!0)\s*\)\s*\{\s*try\s*\{/.exec(
      text,
    );
  if (rotation !== null && /parseInt\(\w+\(0?x?[0-9a-f]+[^)]{0,40}\)\)\s*\/\s*(?:0x)?\d/.test(text))
    return rotation.index;
  const packed = text.indexOf("eval(function(p,a,c,k,e,");
  if (packed >= 0) return packed;
  at = fuck(text);
  if (at >= 0) return at;
  return escaped(text);
}

const PYTHON_TOOLS =
  /__pyarmor__\s*\(|\bfrom\s+(?:pytransform|pyarmor_runtime\w*)\b|\bimport\s+pytransform\b|BlankOBF|__pyarmor_enter|\bHyperion\b[^\n]{0,40}obfuscat|PlusOBF|# ?Obfuscated (?:with|by|using)/i;

function obfuscatedPython(text: string): number | undefined {
  const tool = PYTHON_TOOLS.exec(text);
  if (tool !== null) return tool.index;
  // Names of nothing but I, l and underscores, or of numbers: IIlIllI, __________.
  const names = /\b(?:[Il]{9,}|_{7,}(?= ?[=(,.)[])|O[O0]{8,}|_0x[0-9a-f]{4,8})\b/g;
  const seen = new Set<string>();
  let uses = 0;
  let first = -1;
  for (let found = names.exec(text); found !== null && uses < 2_000; found = names.exec(text)) {
    uses += 1;
    if (first < 0) first = found.index;
    if (seen.size < 8) seen.add(found[0]);
  }
  if (seen.size >= 3 && uses >= 8) return first;
  return escaped(text);
}

/** JSFuck writes anything with six characters. */
function fuck(text: string): number {
  const start = text.search(/[[\]()!+]{200}/);
  return start;
}

/** Letters that were all written as escapes: `\x72\x65\x71`. Tables of characters have escapes for what cannot be written. */
function escaped(text: string): number | undefined {
  let at = text.indexOf("\\x");
  if (at < 0) return undefined;
  const first = at;
  let letters = 0;
  let steps = 0;
  for (; at >= 0 && steps < 50_000; at = text.indexOf("\\x", at + 4), steps++) {
    const high = text.charCodeAt(at + 2);
    // 2 to 7: what ASCII can print.
    if (high >= 0x32 && high <= 0x37) letters += 1;
  }
  return letters >= 60 && letters * 4 > text.length * ESCAPES_SHARE ? first : undefined;
}

const RUNS_OF_SPACE = /[^\s][ \t]{120,}(?=\S)/g;
const HIDDEN_WORDS =
  /\b(?:eval|exec|require|import|__import__|fetch|Function|atob|spawn|global|child_process|subprocess|os\.|process\b|base64)\b|_0x|\\x/;

/** Code behind so much white space that no editor shows it. */
function outOfSight(text: string): number | undefined {
  if (!text.includes(" ".repeat(60)) && !text.includes("\t".repeat(60))) return undefined;
  RUNS_OF_SPACE.lastIndex = 0;
  let steps = 0;
  for (
    let found = RUNS_OF_SPACE.exec(text);
    found !== null && steps < 1_000;
    found = RUNS_OF_SPACE.exec(text), steps++
  ) {
    const start = found.index + found[0].length;
    const end = text.indexOf("\n", start);
    const behind = text.slice(start, Math.min(end < 0 ? text.length : end, start + 400));
    if (/^(?:\/\/|\/\*|#|\*|["'`|\\])/.test(behind)) continue;
    if (HIDDEN_WORDS.test(behind)) return start;
  }
  return undefined;
}

const UNUSUAL = /[^\t-\u02ff]/;
const INVISIBLE =
  /(?:[\u200b-\u200d\u2060-\u2064\ufeff\u3164\uffa0\ue000-\uf8ff]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|[\u{e0000}-\u{e007f}]|[\u{f0000}-\u{ffffd}]){10}/u;
const SELECTORS = /(?:[\u{e0100}-\u{e01ef}]|[\ufe00-\ufe0f]){6}/u;
const OVERRIDE = /[\u202d\u202e\u2066\u2067\u2068]/;
const RUNS_CODE = /\beval\b|\bFunction\b|\bexec\b|codePointAt|fromCharCode|\bord\s*\(|\bdecode\b/;

function invisible(text: string): Hit | undefined {
  if (!UNUSUAL.test(text)) return undefined;
  const selectors = SELECTORS.exec(text);
  if (selectors !== null) return { rule: "hidden-unicode", at: selectors.index, capabilities: ["obfuscated"] };
  const run = INVISIBLE.exec(text);
  // Fonts' icons stand in private areas: without code that takes them apart they are that.
  if (run !== null && RUNS_CODE.test(text) && !/^[\ue000-\uf8ff]+$/.test(run[0]))
    return { rule: "hidden-unicode", at: run.index, capabilities: ["obfuscated"] };
  const override = OVERRIDE.exec(text);
  if (override !== null)
    return { rule: "hidden-unicode", at: override.index, capabilities: ["obfuscated"], severity: "low" };
  return undefined;
}
