/** One call, and what its result holds. */
import { ANY_ADDRESS, has, Mark, type Marks } from "../marks.ts";
import { meaningOf, sourceOf, variableMarks } from "./meanings.ts";
import type { Language } from "./token.ts";

export interface Call {
  /** Normal; undefined where it is called on no name. */
  readonly path: string | undefined;
  /** The last part of the path. */
  readonly last: string;
  /** Indexes of tokens: what is called, and its brackets. */
  readonly token: number;
  readonly open: number;
  readonly close: number;
  readonly args: readonly Marks[];
  /** Of all arguments. */
  readonly marks: Marks;
  /** Of what it is called on. */
  readonly object: Marks;
  /** Constant texts among the arguments. */
  readonly texts: readonly string[];
  /** It runs when the file is loaded, as far as was seen. */
  readonly runs: boolean;
}

/** Members of a connection that send what they are handed, whatever it is. */
const SENDS =
  /^(?:write|end|send|sendall|sendto|send_bytes|post|request|sendMail|sendmail|send_message|storbinary|upload|upload_file|upload_fileobj|uploadFile|uploadFrom|sendMessage|sendDocument|send_document|send_photo|sendFile|urlopen|sendBeacon|connect|fastPut|reply_to)$/;

/** Of others these are names of many things. */
const MAY_SEND = /^(?:get|put|patch|fetch|emit|publish|open|query|resolve\w*|execute|invoke|json|head|delete|stream)$/;

export function isNetwork({ path, last, object }: Call, language: Language): boolean {
  if (path !== undefined && meaningOf(path, language).kind === "network") return true;
  if (!has(object, Mark.connection) || (path !== undefined && NO_CONNECTION.test(path))) return false;
  if (SENDS.test(last)) return true;
  if (!MAY_SEND.test(last) || path === undefined) return false;
  const base = path.slice(0, path.length - last.length - 1);
  return base.endsWith("()") && meaningOf(base.slice(0, -2), language).kind === "network";
}

/** What writes on this machine, whatever its owner has besides. */
const NO_CONNECTION = /^(?:sys|process|console|logger|logging|log|fs|print)\b/;

const ENCODED_ARGUMENT = /^(?:base64|base64url|hex|latin1|binary|rot13|rot_13|zlib)$/;

/** Whether a call makes text out of an encoding, the language's own functions by their path aside. */
export function isDecoding({ path, last, texts, object }: Call): boolean {
  if (path === undefined) return false;
  if (/^(?:Buffer|buffer\.Buffer)(?:\.from)?$/.test(path)) return texts.some((text) => ENCODED_ARGUMENT.test(text));
  if (last === "fromCharCode" || last === "fromCodePoint") return true;
  // A decoder of the file's own: read by its name alone where it is handed a constant.
  void object;
  return false;
}

export function marksOfResult(call: Call, language: Language): Marks {
  const { path, marks, object, texts, last } = call;
  if (path !== undefined) {
    const source = sourceOf(path, language);
    if (source !== 0) return source;
    if (language === "python" && (path === "os.getenv" || path === "os.environ.get"))
      return variableMarks(texts[0] ?? "");
    if (language === "python" && (path === "os.path.expanduser" || path === "os.path.expandvars")) {
      return marks | Mark.surroundings | (/%?(?:temp|appdata)/i.test(texts[0] ?? "") ? Mark.temporary : 0);
    }
    const { kind } = meaningOf(path, language);
    switch (kind) {
      case "network": {
        const taken = marks | (object & ANY_ADDRESS);
        return (
          (taken & ~Mark.module) | Mark.connection | Mark.fetched | (has(taken, ANY_ADDRESS) ? Mark.downloaded : 0)
        );
      }
      case "spawn":
        return Mark.commandOutput | (commandMarks(texts) & ~Mark.module);
      case "decode":
        return decodedFrom(marks);
      case "decrypt":
        return decodedFrom(marks | object) | Mark.decrypted;
      case "opaque":
        return 0;
      case "write":
        return (marks & ~Mark.module) | Mark.written;
      default:
    }
    if (isDecoding(call)) return decodedFrom(marks);
    if (language === "python" && path === "open" && texts.some((text) => /^[rbt+]*[wax][rbt+]*$/.test(text)))
      return (marks & ~Mark.module) | Mark.written;
  }
  if (isNetwork(call, language)) {
    const taken = marks | object;
    return (taken & ~Mark.module) | Mark.fetched | (has(taken, ANY_ADDRESS) ? Mark.downloaded : 0);
  }
  if (
    path !== undefined &&
    /^document\.(?:querySelector|getElement)/.test(path) &&
    texts.some((text) => FIELDS.test(text))
  )
    return Mark.pageSecrets;
  // What comes in through a connection to a fixed address.
  if (has(object, Mark.connection) && has(object, ANY_ADDRESS) && RECEIVES.test(last)) {
    return ((marks | object) & ~Mark.module) | Mark.fetched | Mark.downloaded;
  }
  if (/^(?:length|status_code|statusCode)$/.test(last)) return 0;
  return (marks | object) & ~Mark.module;
}

const FIELDS = /^input\b|password|\bcc-|card-?number|\bcvv\b/i;
const RECEIVES =
  /^(?:recv|recv_into|recvfrom|read|readline|readlines|makefile|on|once|addEventListener|addListener|iter_\w+)$/;

function decodedFrom(marks: Marks): Marks {
  const embedded = has(marks, Mark.payload | Mark.environment | Mark.variable | Mark.embedded) ? Mark.embedded : 0;
  return (marks & ~(Mark.module | Mark.payload)) | Mark.decoded | embedded;
}

/** What the output of well-known commands tells. */
function commandMarks(texts: readonly string[]): Marks {
  const text = texts.join(" ").slice(0, 500);
  let marks: Marks = 0;
  if (/\b(?:hostname|uname)\b/.test(text)) marks |= Mark.hostName;
  if (/\b(?:whoami|id)\b/.test(text)) marks |= Mark.userName;
  if (/\b(?:ifconfig|ipconfig|ip addr|pwd|ps aux|tasklist|systeminfo)\b/.test(text)) marks |= Mark.surroundings;
  if (/^(?:env|printenv|set)$|\bprintenv\b|\benv\b\s*$/.test(text)) marks |= Mark.environment;
  if (/\bgh auth token\b|\bgcloud auth print|\baws configure export|\bnpm config get \S*_authToken/.test(text))
    marks |= Mark.credentials;
  if (/\b(?:pbpaste|xclip|xsel|Get-Clipboard)\b/.test(text)) marks |= Mark.clipboard | Mark.spied;
  return marks;
}
