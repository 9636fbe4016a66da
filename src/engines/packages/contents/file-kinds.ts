/** What kind of file one is: by its name, and by its first bytes. */
import type { Language } from "./code/token.ts";
import { wordSearch } from "./words.ts";

export type FileKind = Language | "command" | "program" | "other";

const SCRIPT = /\.(?:[cm]?js|jsx|[cm]?ts|tsx)$/i;
const COMMAND = /\.(?:sh|bash|zsh|command|bat|cmd|ps1|psm1)$/i;
const PROGRAM = /\.(?:exe|dll|so|dylib|node|pyd|scr|msi|jar|elf|pyc)$|\.so\.\d/i;

export function kindOfFile(path: string, bytes: Buffer): FileKind {
  if (/\.d\.[cm]?ts$/i.test(path)) return "other";
  // What is named text and is a program is one.
  if (isProgram(bytes)) return "program";
  if (SCRIPT.test(path)) return "javascript";
  if (/\.pyw?$|\.pyi?x$/i.test(path)) return "python";
  if (COMMAND.test(path)) return "command";
  if (PROGRAM.test(path)) return bytes.length > 0 && bytes.includes(0) ? "program" : "other";
  if (bytes[0] === 0x23 && bytes[1] === 0x21) {
    const line = bytes.toString("latin1", 0, 100);
    if (/\bnode|\bbun\b|\bdeno\b/.test(line)) return "javascript";
    if (/\bpython/.test(line)) return "python";
    if (/\b(?:ba|z|da)?sh\b/.test(line)) return "command";
  }
  return "other";
}

/** ELF, PE, Mach-O (both orders, 32 and 64 bit, fat). */
function isProgram(bytes: Buffer): boolean {
  if (bytes.length < 64) return false;
  const magic = bytes.readUInt32BE(0);
  if (
    magic === 0x7f454c46 ||
    magic === 0xfeedface ||
    magic === 0xfeedfacf ||
    magic === 0xcefaedfe ||
    magic === 0xcffaedfe
  )
    return true;
  if (magic === 0xcafebabe) return bytes.readUInt32BE(4) < 0x30;
  return magic >>> 16 === 0x4d5a && bytes.readUInt32LE(60) < bytes.length;
}

/**
 * Whether a file can do any of what is looked for: told by bytes, many times as fast as tokens are. Escapes and brackets
 * that could spell any name count as one.
 */
export function isWorthReading(bytes: Buffer, language: Language): boolean {
  if (language === "python") return asksOfPython(bytes);
  return asksOfScript(bytes) || importsOddly(bytes, REQUIRE) || importsOddly(bytes, IMPORT);
}

const REQUIRE = Buffer.from("require(");
const IMPORT = Buffer.from("import(");
const IMPORTS = 2_000;
const NAME_LENGTH = 200;

/** An import of anything but one plain text. */
function importsOddly(bytes: Buffer, word: Buffer): boolean {
  let count = 0;
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length)) {
    count += 1;
    if (count > IMPORTS) return true;
    const start = at + word.length;
    const quote = bytes[start];
    if (quote !== 0x22 && quote !== 0x27) return true;
    let end = start + 1;
    while (end < bytes.length && end < start + NAME_LENGTH && bytes[end] !== quote) end += 1;
    if (bytes[end] !== quote || bytes[end + 1] !== 0x29) return true;
  }
  return false;
}

/** A word as it is called, handed on or named in quotes: `evaluate` is not `eval`. */
function uses(word: string): string[] {
  return ["(", ")", "'", '"', ",", ";", "`", "]"].map((end) => word + end);
}

/** Texts that are put together. */
const JOINS = ["'+'", "' + '", '"+"', '" + "', "'+\"", "\"+'", "].join("];

const SCRIPT_WORDS = [
  ...[
    "child_process",
    ...uses("eval"),
    "Function(",
    ".constructor(",
    "constructor'",
    'constructor"',
    "process.env",
    "process.binding",
  ],
  ...[
    "\\x",
    "\\u00",
    "\\u{",
    "_0x",
    "fromCharCode",
    "fetch(",
    "fetch.",
    "fetch)",
    "fetch =",
    "fetch=",
    "fetch'",
    'fetch"',
    "XMLHttpRequest",
    "WebSocket",
    "sendBeacon",
    "axios",
  ],
  ...[
    "http'",
    'http"',
    "https'",
    'https"',
    "http2",
    "net'",
    'net"',
    "tls'",
    'tls"',
    "dns'",
    'dns"',
    "dns/",
    "dgram",
    "undici",
    "superagent",
  ],
  ...[
    "request'",
    'request"',
    "hostname",
    "homedir",
    "userInfo",
    "base64",
    "atob",
    "globalThis[",
    "window[",
    "global[",
    "this[",
  ],
  ...[
    "clipboard",
    "ethereum",
    "document.cookie",
    "writeFile",
    "appendFile",
    "createWriteStream",
    "execa",
    "spawn",
    "_compile",
    "vm'",
    'vm"',
  ],
  ...[
    "dlopen",
    "ffi-",
    "codePointAt",
    "[![]",
    "+[]",
    "got'",
    'got"',
    "shelljs",
    "nodemailer",
    "socket.io",
    "localStorage",
    ...JOINS,
  ],
];

const PYTHON_WORDS = [
  ...[
    ...uses("exec"),
    ...uses("eval"),
    "__import__",
    "subprocess",
    "os.system",
    "popen",
    "Popen",
    "socket",
    "urllib",
    "requests",
    "http.client",
  ],
  ...[
    "httplib",
    "httpx",
    "aiohttp",
    "environ",
    "base64",
    "marshal",
    "zlib",
    "ctypes",
    "getattr(os",
    "getattr(__",
    "getattr(builtins",
  ],
  ...[
    "importlib",
    "codecs.",
    "\\x",
    "smtplib",
    "import pty",
    "winreg",
    "rmtree",
    "expanduser",
    "Path.home",
    "clipboard",
    "pyperclip",
  ],
  ...[
    "cmdclass",
    "getuser",
    "ernet",
    "spawn",
    "os.exec",
    "pynput",
    "ImageGrab",
    "globals()",
    "__builtins__",
    "startfile",
    "bytes.fromhex",
  ],
  ...["unhexlify", "chr(", "lambda", "pyarmor", "webhook", "telebot", "discord", ...JOINS],
];

const asksOfScript = wordSearch(SCRIPT_WORDS);
const asksOfPython = wordSearch(PYTHON_WORDS);
