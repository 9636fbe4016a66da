/** What a call means, by the dotted path that it is called by: `child_process.exec`, `subprocess.Popen`. */
import { Mark, type Marks } from "../marks.ts";
import type { Language } from "./token.ts";

export type CallKind =
  | "network"
  | "spawn"
  | "eval"
  | "write"
  | "read"
  | "decode"
  | "decrypt"
  | "remove"
  | "load-native"
  /** Its result says nothing of what went in: hashes, questions. */
  | "opaque"
  | "none";

export interface Meaning {
  readonly kind: CallKind;
  /** What its result holds besides what its kind gives. */
  readonly gives: Marks;
}

const SCRIPT: readonly [kind: CallKind, path: RegExp, gives?: Marks][] = [
  [
    "network",
    /^(?:axios|node-fetch|got|request|superagent|undici|needle|phin|bent|cross-fetch|isomorphic-fetch|unfetch|ky|request-promise|request-promise-native|centra|urllib|wreck|popsicle|make-fetch-happen|minipass-fetch|fetch-h2|snekfetch|follow-redirects|sync-request|download|download-file|node-downloader-helper|axios-retry|wretch|ofetch|discord-webhook-node|discord\.js|socket\.io-client|ws|websocket|nodemailer|node-telegram-bot-api|telegraf|ssh2|basic-ftp|ftp|jsftp|webhook-discord|form-data-submit)(?:\.(?:default|get|post|put|patch|delete|head|request|fetch|stream|send|sendMail|createTransport|connect|create|extend|io|WebSocket|Webhook|WebhookClient|Client|https?\.(?:get|request)))*$/,
  ],
  ["network", /^form-data\(\)\.submit$/],
  ["network", /^(?:https?|http2)\.(?:get|request|connect)$/],
  ["network", /^(?:net|tls)\.(?:connect|createConnection|Socket)$/],
  ["network", /^dgram\.createSocket$/],
  ["network", /^dns(?:\.promises|\/promises)?\.(?:lookup|resolve\w*|reverse)$|\.Resolver\(\)\.resolve\w*$/],
  [
    "network",
    /^(?:fetch|XMLHttpRequest|WebSocket|EventSource|importScripts|navigator\.sendBeacon|Image|Bun\.fetch|Bun\.connect|Deno\.connect)$/,
  ],
  ["network", /^(?:\$|jQuery)\.(?:ajax|get|post|getJSON|getScript)$/],
  ["spawn", /^child_process\.(?:exec|execSync|spawn|spawnSync|execFile|execFileSync|fork)$/],
  [
    "spawn",
    /^(?:execa|cross-spawn|shelljs|sudo-prompt|node-cmd|zx|node-pty|spawn-sync|child-process-promise|promisify-child-process|foreground-child)(?:\.(?:exec|sync|execa|execaCommand|execaCommandSync|command|commandSync|spawn|run|runSync|get|\$))*$/,
  ],
  ["spawn", /^(?:Bun\.(?:spawn|spawnSync|\$)|Deno\.(?:Command|run))$|\(\)\.spawn_sync$|^process\.binding\(\)\.spawn$/],
  [
    "eval",
    /^(?:eval|Function|execScript)$|(?:^|\.)vm2?\.(?:run\w+|Script|compileFunction|VM|NodeVM|SourceTextModule)$|\._compile$|^node-eval$|^(?:require-from-string|eval)$/,
  ],
  ["eval", /^(?:AsyncFunction|GeneratorFunction)$/],
  [
    "write",
    /^(?:fs|fs\.promises|fs\/promises|fs-extra|graceful-fs)\.(?:promises\.)?(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputFileSync|writeJson|writeJsonSync|write|writeSync|copyFile|copyFileSync|cp|cpSync|rename|renameSync)$|^Bun\.write$|^Deno\.write\w+$/,
  ],
  [
    "remove",
    /^(?:fs|fs\.promises|fs\/promises|fs-extra)\.(?:promises\.)?(?:rm|rmSync|rmdir|rmdirSync|unlink|unlinkSync|remove|removeSync|emptyDirSync)$|^(?:rimraf|del)(?:\.sync)?$/,
  ],
  [
    "read",
    /^(?:fs|fs\.promises|fs\/promises|fs-extra|graceful-fs)\.(?:promises\.)?(?:readFile|readFileSync|createReadStream|readdir|readdirSync|readJson|readJsonSync|opendir)$/,
  ],
  [
    "decode",
    /^(?:atob|unescape|base-64\.decode|js-base64\.(?:decode|Base64\.decode)|Base64\.decode|String\.fromCharCode(?:\.apply)?|String\.fromCodePoint)$/,
  ],
  [
    "decode",
    /^zlib\.(?:inflate|inflateRaw|gunzip|unzip|brotliDecompress)(?:Sync)?$|^(?:pako|fflate|lz-string)\.(?:inflate|ungzip|decompress\w*|gunzipSync|default\.\w+)$/,
  ],
  [
    "decrypt",
    /^crypto\.(?:createDecipher|createDecipheriv|privateDecrypt)$|^(?:crypto-js|CryptoJS)(?:\.default)?\.\w+\.decrypt$|^(?:crypto-js\/)?aes\.decrypt$/,
  ],
  ["load-native", /^(?:process\.dlopen|ffi-napi\.\w+|koffi\.load|node-ffi\.\w+|bindings|node-gyp-build)$/],
  ["opaque", /^crypto\.(?:createHash|createHmac|createSign|sign|randomBytes|randomUUID|hash)\b/],
  [
    "opaque",
    /(?:^|\.)(?:existsSync|exists|access|accessSync|statSync|lstatSync|includes|startsWith|endsWith|indexOf|test|digest|isArray|hasOwnProperty|hasOwn|createHash|sign|byteLength)$/,
  ],
];

const PYTHON: readonly [kind: CallKind, path: RegExp, gives?: Marks][] = [
  [
    "network",
    /^(?:requests|httpx|curl_cffi\.requests|cloudscraper|tls_client|grequests|requests_html|treq)\.(?:get|post|put|patch|delete|head|options|request|stream|Session|session|Client|AsyncClient|create_scraper|HTMLSession)$/,
  ],
  [
    "network",
    /^urllib\.request\.(?:urlopen|urlretrieve|Request|build_opener|URLopener)$|^urllib2?\.(?:urlopen|urlretrieve|Request|URLopener|build_opener)$|^six\.moves\.urllib\.request\.\w+$/,
  ],
  [
    "network",
    /^(?:http\.client|httplib)\.HTTPS?Connection$|^urllib3\.(?:PoolManager|HTTPS?ConnectionPool|request)$|^aiohttp\.(?:ClientSession|request)$|^pycurl\.Curl$|^wget\.download$/,
  ],
  [
    "network",
    /^socket\.(?:socket|create_connection|gethostbyname|gethostbyname_ex|getaddrinfo)$|^(?:smtplib\.SMTP(?:_SSL)?|ftplib\.FTP(?:_TLS)?|paramiko\.(?:SSHClient|Transport)|telnetlib\.Telnet)$/,
  ],
  [
    "network",
    /^(?:websocket|websockets)\.(?:connect|create_connection|WebSocketApp|WebSocket)$|^(?:dns\.resolver\.(?:resolve|query)|telebot\.TeleBot|telegram\.Bot|dhooks\.Webhook|discord_webhook\.DiscordWebhook|discord\.(?:SyncWebhook|Webhook)\.from_url|boto3\.client|ftplib\.FTP)$/,
  ],
  [
    "spawn",
    /^(?:os|nt|posix)\.(?:system|popen\d?|startfile|exec[lv]\w*|spawn[lv]\w*|posix_spawn\w*)$|^subprocess\.(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput)$|^(?:commands\.get\w*output|pty\.spawn|popen2\.\w+|asyncio\.create_subprocess_\w+|asyncio\.subprocess\.\w+|platform\.popen|sh\.\w+|distutils\.spawn\.spawn|win32api\.ShellExecute|_winapi\.CreateProcess)$|ShellExecute[AW]?$|WinExec$|CreateProcess[AW]?$/,
  ],
  [
    "eval",
    /^(?:exec|eval|execfile|types\.(?:FunctionType|CodeType)|runpy\.run_(?:path|module)|builtins\.(?:exec|eval))$|InteractiveInterpreter\(\)\.run\w+$|InteractiveConsole\(\)\.push$/,
  ],
  [
    "decode",
    /^(?:base64\.\w*decode\w*|binascii\.(?:unhexlify|a2b_\w+)|codecs\.decode|zlib\.decompress|gzip\.decompress|bz2\.decompress|lzma\.decompress|marshal\.loads|bytes\.fromhex|bytearray\.fromhex|chr|unichr|zlib\.decompressobj\(\)\.decompress)$/,
  ],
  // Texts in the pixels of images.
  ["decode", /(?:^|\.)(?:lsb\.reveal|Steganography\.decode|stegano\w*(?:\.\w+)*\.(?:reveal|decode))$/],
  [
    "decrypt",
    /(?:^|\.)(?:Fernet\(\)|AES\.new\(\)|Cipher\(\)\.decryptor\(\)|ARC4\.new\(\)|DES3?\.new\(\)|ChaCha20\.new\(\)|XOR\.new\(\))\.(?:decrypt|update)$|^pyAesCrypt\.decrypt\w*$|(?:^|\.)Fernet\.decrypt$/,
  ],
  ["remove", /^(?:shutil\.rmtree|os\.(?:remove|unlink|rmdir|removedirs))$/],
  [
    "load-native",
    /^ctypes\.(?:CDLL|WinDLL|cdll\.LoadLibrary|windll\.\w+|PyDLL)|^cffi\.FFI\(\)\.dlopen$|VirtualAlloc|WriteProcessMemory|CreateRemoteThread/,
  ],
  [
    "opaque",
    /^hashlib\.\w+|(?:^|\.)(?:exists|isfile|isdir|is_file|is_dir|startswith|endswith|hexdigest|digest|isinstance|hasattr|len|bool|find|index|count)$/,
  ],
];

/** Members that are read, without a call. */
const SCRIPT_SOURCES = new Map<string, Marks>(
  Object.entries({
    "process.env": Mark.environment,
    "Bun.env": Mark.environment,
    "Deno.env": Mark.environment,
    "os.hostname": Mark.hostName,
    "os.userInfo": Mark.userName,
    "os.homedir": Mark.surroundings,
    "os.networkInterfaces": Mark.surroundings,
    "process.cwd": Mark.surroundings,
    "os.tmpdir": Mark.temporary,
    __filename: Mark.payload,
    XMLHttpRequest: Mark.connection,
    "document.cookie": Mark.pageSecrets,
    localStorage: Mark.pageSecrets,
    sessionStorage: Mark.pageSecrets,
    "navigator.clipboard.readText": Mark.clipboard | Mark.spied,
    "clipboardy.read": Mark.clipboard | Mark.spied,
    "clipboardy.readSync": Mark.clipboard | Mark.spied,
    "clipboardy.default.read": Mark.clipboard | Mark.spied,
    "screenshot-desktop": Mark.spied,
  }),
);

const PYTHON_SOURCES = new Map<string, Marks>(
  Object.entries({
    __file__: Mark.payload,
    "os.environ": Mark.environment,
    "posix.environ": Mark.environment,
    "nt.environ": Mark.environment,
    "socket.gethostname": Mark.hostName,
    "socket.getfqdn": Mark.hostName,
    "platform.node": Mark.hostName,
    "platform.uname": Mark.hostName,
    "os.uname": Mark.hostName,
    "getpass.getuser": Mark.userName,
    "os.getlogin": Mark.userName,
    "pwd.getpwuid": Mark.userName,
    "os.getcwd": Mark.surroundings,
    "pathlib.Path.home": Mark.surroundings,
    "pathlib.Path.cwd": Mark.surroundings,
    "uuid.getnode": Mark.surroundings,
    "psutil.process_iter": Mark.surroundings,
    "tempfile.gettempdir": Mark.temporary,
    "tempfile.mkdtemp": Mark.temporary,
    "tempfile.NamedTemporaryFile": Mark.temporary | Mark.written,
    "tempfile.mkstemp": Mark.temporary,
    "pyperclip.paste": Mark.clipboard | Mark.spied,
    "win32clipboard.GetClipboardData": Mark.clipboard | Mark.spied,
    "ImageGrab.grab": Mark.spied,
    "PIL.ImageGrab.grab": Mark.spied,
    "pyautogui.screenshot": Mark.spied,
    "mss.mss": Mark.spied,
    "pynput.keyboard.Listener": Mark.spied,
    "keyboard.on_press": Mark.spied,
    "keyboard.on_release": Mark.spied,
    "cv2.VideoCapture": Mark.spied,
    "browser_cookie3.load": Mark.profile,
    "browser_cookie3.chrome": Mark.profile,
    "win32crypt.CryptUnprotectData": Mark.profile,
  }),
);

const NONE: Meaning = { kind: "none", gives: 0 };
const GLOBALS = /^(?:globalThis|window|global|self|top|parent|frames|__builtins__|builtins)\.(?:__dict__\.)?/;

/** The same thing by its shortest name: `globalThis.eval` is `eval`, `process.mainModule.require` is `require`. */
export function normalPath(path: string): string {
  // Nearly all names are short and none of these.
  if (!path.includes(".")) return path;
  let plain = path;
  for (let steps = 0; steps < 4 && GLOBALS.test(plain); steps++) plain = plain.replace(GLOBALS, "");
  if (plain.endsWith("__") || /\.(?:call|apply)$/.test(plain))
    plain = plain.replace(/\.(?:__call__|call|apply|__dict__)$/, "");
  return plain.replace(/\.(?:default|__dict__)(?=\.|$)/, "");
}

const memo: Record<Language, Map<string, Meaning>> = { javascript: new Map(), python: new Map() };
const REMEMBERED = 20_000;

/** Of a normal path. Remembered: a bundle calls the same thousands of times. */
export function meaningOf(path: string, language: Language): Meaning {
  const known = memo[language].get(path);
  if (known !== undefined) return known;
  const meaning = path.length > 200 ? NONE : look(path, language);
  if (memo[language].size >= REMEMBERED) memo[language].clear();
  memo[language].set(path, meaning);
  return meaning;
}

function look(path: string, language: Language): Meaning {
  for (const [kind, pattern, gives = 0] of language === "python" ? PYTHON : SCRIPT) {
    if (pattern.test(path)) return { kind, gives };
  }
  return NONE;
}

export function sourceOf(path: string, language: Language): Marks {
  return (language === "python" ? PYTHON_SOURCES : SCRIPT_SOURCES).get(path) ?? 0;
}

/** What one variable of the environment tells. */
export function variableMarks(name: string): Marks {
  if (/^(?:USER|USERNAME|LOGNAME)$/.test(name)) return Mark.userName;
  if (/^(?:HOSTNAME|COMPUTERNAME|USERDOMAIN)$/.test(name)) return Mark.hostName;
  if (/^(?:HOME|USERPROFILE|PWD|INIT_CWD)$/.test(name)) return Mark.surroundings;
  if (/^(?:TEMP|TMP|TMPDIR|APPDATA|LOCALAPPDATA|PROGRAMDATA)$/i.test(name)) return Mark.temporary;
  return Mark.variable;
}

const KEY_MATERIAL =
  /^(?:private_?keys?|priv_?key|mnemonics?|seed_?phrase|secret_?key_?bytes|recovery_?phrase|wallet_?seed|keypair)$/i;

/** What a name of a variable or member says that it holds. */
export function nameMarks(name: string): Marks {
  return name.length >= 7 && name.length < 24 && KEY_MATERIAL.test(name) ? Mark.keyMaterial : 0;
}
