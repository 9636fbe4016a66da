/** Made packages, malicious and benign: put together when they are run, and none of them works. */

export interface Sample {
  readonly id: string;
  readonly kind: "npm" | "sdist" | "wheel";
  /** The file whose code is harmful; of a script of package.json that file. */
  readonly path: string;
  readonly malicious: string;
  /** The same calls to a harmless end. */
  readonly benign: string;
  /** The script of package.json that starts the file. */
  readonly script?: string;
}

/** Words are cut by this mark where they are written, so that no scanner takes this folder for what it holds. */
const CUT = "¦";

export function joined(text: string): string {
  return text.replaceAll(CUT, "");
}

/** JavaScript; where a script is named, it starts the file when the package is installed. */
export function script(id: string, malicious: string, benign: string, name?: string): Sample {
  return { id, kind: "npm", path: "index.js", malicious, benign, ...(name === undefined ? {} : { script: name }) };
}

/** A command of package.json itself. */
export function command(id: string, malicious: string, benign: string, name = "postinstall"): Sample {
  return { id, kind: "npm", path: "package.json", malicious, benign, script: name };
}

export function setup(id: string, malicious: string, benign: string): Sample {
  return { id, kind: "sdist", path: "setup.py", malicious, benign };
}

export function module(id: string, malicious: string, benign: string, path = "made/__init__.py"): Sample {
  return { id, kind: "wheel", path, malicious, benign };
}

export type Variant = "plain" | "base64" | "codes" | "joined" | "texts";

export const VARIANTS: readonly Variant[] = ["plain", "base64", "codes", "joined", "texts"];

/** The code of one variant: as it is, whole behind one encoding, or with each of its texts encoded. */
export function encoded(code: string, language: "javascript" | "python" | "command", variant: Variant): string {
  const base64 = Buffer.from(code).toString("base64");
  const hex = Buffer.from(code).toString("hex");
  const codes = [...Buffer.from(code)].join(",");
  const [evaluate, execute] = [joined("ev¦al"), joined("ex¦ec")];
  switch (variant) {
    case "plain":
      return code;
    case "base64":
      if (language === "javascript") return `${evaluate}(Buffer.from("${base64}", "base64").toString("utf8"));\n`;
      if (language === "python") return `import base64\n${execute}(base64.b64decode("${base64}"))\n`;
      return `echo ${base64} | base64 -d | sh`;
    case "codes":
      if (language === "javascript") return `new Fun${"ction"}("require", String.fromCharCode(${codes}))(require);\n`;
      if (language === "python") return `${execute}(bytes.fromhex("${hex}").decode())\n`;
      return `echo ${hex} | xxd -r -p | bash`;
    case "joined":
      return language === "command"
        ? `node -e "${evaluate}(Buffer.from('${inNode(code)}','base64').toString())"`
        : texts(code, halves);
    case "texts":
      if (language === "command") return `python3 -c "import base64;${execute}(base64.b64decode('${inPython(code)}'))"`;
      return texts(code, language === "javascript" ? scriptCodes : pythonCodes);
  }
}

function inNode(code: string): string {
  return Buffer.from(`require("child_process").execSync(${JSON.stringify(code)})`).toString("base64");
}

function inPython(code: string): string {
  return Buffer.from(`import os;os.system(${JSON.stringify(code)})`).toString("base64");
}

/** Texts in double quotes, without escapes or a prefix, of four characters or more. Keys of objects are left. */
function texts(code: string, encode: (text: string) => string): string {
  const literal = /(\w?"""[\s\S]*?"""|\w?"(?:[^"\\\n]|\\.)*")(\s*:)?/g;
  return code.replaceAll(literal, (whole: string, text: string, colon: string | undefined) => {
    const isPlain = colon === undefined && text.startsWith('"') && !text.startsWith('""') && !text.includes("\\");
    return isPlain && text.length >= 6 ? encode(text.slice(1, -1)) : whole;
  });
}

function halves(text: string): string {
  const middle = Math.ceil(text.length / 3);
  return `("${text.slice(0, middle)}" + "${text.slice(middle, middle * 2)}" + "${text.slice(middle * 2)}")`;
}

function scriptCodes(text: string): string {
  return text.length % 2 === 0
    ? `Buffer.from("${Buffer.from(text).toString("base64")}", "base64").toString()`
    : `String.fromCharCode(${[...Buffer.from(text)].join(",")})`;
}

function pythonCodes(text: string): string {
  return text.length % 2 === 0
    ? `__import__("base64").b64decode("${Buffer.from(text).toString("base64")}").decode()`
    : `"".join(chr(c) for c in [${[...Buffer.from(text)].join(",")}])`;
}
