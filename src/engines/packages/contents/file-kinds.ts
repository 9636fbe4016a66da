/** What kind of file one is: by its name, and by its first bytes. */
import type { Language } from "./code/token.ts";

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
  if (magic === 0x7f454c46 || magic === 0xfeedface || magic === 0xfeedfacf || magic === 0xcefaedfe || magic === 0xcffaedfe) return true;
  if (magic === 0xcafebabe) return bytes.readUInt32BE(4) < 0x30;
  return magic >>> 16 === 0x4d5a && bytes.readUInt32LE(60) < bytes.length;
}

/**
 * Whether a file can do any of what is looked for: told by bytes, many times as fast as tokens are. Escapes and brackets
 * that could spell any name count as one.
 */
export function isWorthReading(bytes: Buffer, language: Language): boolean {
  for (const word of language === "python" ? PYTHON_WORDS : SCRIPT_WORDS) if (bytes.includes(word)) return true;
  return false;
}

const SCRIPT_WORDS = [
  ...["child_process", "eval", "Function(", "constructor(", "process.env", "process.binding", "\\x", "\\u00", "_0x", "fromCharCode"],
  ...["fetch", "XMLHttpRequest", "WebSocket", "sendBeacon", "axios", "http'", 'http"', "https'", 'https"', "net'", 'net"', "dns'"],
  ...['dns"', "dgram", "undici", "request", "hostname", "homedir", "userInfo", "base64", "atob", "globalThis[", "window[", "global["],
  ...["clipboard", "ethereum", "document.cookie", "require(", "writeFile", "appendFile", "execa", "spawn", "_compile", "vm'", 'vm"'],
  ...["import(", "dlopen", "ffi", ".node'", '.node"', "codePointAt", "([", "[]["],
].map((word) => Buffer.from(word));

const PYTHON_WORDS = [
  ...["exec", "eval", "compile(", "__import__", "subprocess", "os.system", "popen", "socket", "urllib", "requests", "http.client"],
  ...["httpx", "aiohttp", "environ", "base64", "marshal", "zlib", "ctypes", "getattr(", "importlib", "codecs", "\\x", "smtplib"],
  ...["pty", "winreg", "shutil", "expanduser", "Path.home", "clipboard", "pyperclip", "cmdclass", "getuser", "fernet", "Fernet", "spawn"],
].map((word) => Buffer.from(word));
