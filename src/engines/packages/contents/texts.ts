/** What a constant text names: addresses, files that hold credentials, places that start programs. */
import { Mark, type Marks } from "./marks.ts";

/** Request bins and out-of-band collectors: what one sends there, whoever made the address reads. Ends of host names. */
const COLLECTORS: readonly string[] = [
  ...["webhook.site", "webhook.cool", "webhook-test.com", "requestbin.com", "requestbin.net", "requestbin.io"],
  ...["pipedream.net", "requestcatcher.com", "hookbin.com", "beeceptor.com", "mockbin.org", "typedwebhook.tools"],
  ...["burpcollaborator.net", "oastify.com", "interact.sh", "interactsh.com", "oast.pro", "oast.live", "oast.site"],
  ...["oast.online", "oast.fun", "oast.me", "oast.us", "dnslog.cn", "dnslog.pw", "ceye.io", "dnsbin.zhack.ca"],
  ...["canarytokens.com", "canarytokens.org", "bxss.me", "xss.ht", "ezstat.ru", "grabify.link", "iplogger.org"],
  ...["iplogger.com", "iplogger.ru", "2no.co", "webhookrelay.com", "hookdeck.com", "smee.io", "postb.in"],
];

/** File drops, pastes, tunnels and free hosts, that take from anyone without a name. */
const DROPS: readonly string[] = [
  ...[
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "serveo.net",
    "localhost.run",
    "loca.lt",
    "lhr.life",
  ],
  ...["trycloudflare.com", "ply.gg", "portmap.host", "portmap.io", "localtunnel.me", "localto.net", "playit.gg"],
  ...["transfer.sh", "file.io", "anonfiles.com", "gofile.io", "bashupload.com", "temp.sh", "0x0.st", "termbin.com"],
  ...["catbox.moe", "filebin.net", "filetransfer.io", "sendspace.com", "bayfiles.com", "oshi.at", "tmpfiles.org"],
  ...["pastebin.com", "paste.ee", "hastebin.com", "ghostbin.com", "ghostbin.site", "rentry.co", "controlc.com"],
  ...["pastebin.pl", "pastie.io", "justpaste.it", "jsonkeeper.com", "npoint.io", "jsonsilo.com", "paste.rs"],
  ...["cdn.discordapp.com", "media.discordapp.net", "000webhostapp.com", "duckdns.org", "ddns.net", "hopto.org"],
  ...["no-ip.org", "no-ip.biz", "zapto.org", "serveftp.com", "onion.ws", "onion.ly", "replit.co", "repl.co"],
];

/** Webhooks of chats with the key that posts to them: whoever holds it sees what is sent. */
const CHAT_HOOK =
  /discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/[\w-]{4,}|api\.telegram\.org\/bot\d{5,}|hooks\.slack\.com\/(?:services|workflows)\/T\w+|\/\/[\w-]+\.webhook\.office\.com\/webhookb2/i;

const URL_HOST = /(?:https?|wss?|ftp|tcp|stratum\+tcp):\/\/(?:[^\s/@"']{1,100}@)?(\[?[\w.:-]{1,200})/i;
const HOST_ONLY = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.){1,8}[a-z]{2,18}(?::\d{1,5})?(?:\/\S{0,400})?$/i;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5})?(?:\/|$)/;
/** Names that look like hosts and are files or members. */
const FILE_END =
  /\.(?:js|mjs|cjs|ts|tsx|jsx|json|py|pyc|pyd|so|md|txt|html|htm|css|xml|yml|yaml|toml|lock|log|map|exe|dll|sh|bat|cmd|ps1|zip|gz|tgz|tar|node|env|local|cfg|ini|conf|png|svg|jpg|gif|ico|name|value|length|prototype|exports|path|string|data|default|get|set|test|spec|internal|localhost|example|invalid|message|status|body|headers|key|id|type|error|dir|parent|file|db|sqlite|dat|bin|pem|rc|tmp|bak|vue|wasm|proto|rst|in|rb|go|rs|java|cpp|hpp|array|object|config|format|client|server|request|response|session|models?|views?|utils?|core|base|main|common|types?)$/i;

/** Paths of files with credentials. A package manager's own settings are told apart: those are written, too. */
const CREDENTIAL_PATHS =
  /(?:^|[/\\~"'\s])(?:\.aws(?:[/\\]|$)|\.azure(?:[/\\]|$)|\.ssh(?:[/\\]|$)|id_rsa\b|id_ed25519\b|id_ecdsa\b|\.kube(?:[/\\]|$)|\.docker[/\\]config\.json|\.git-credentials\b|\.netrc\b|\.pgpass\b|\.gnupg(?:[/\\]|$)|\.config[/\\]gcloud|application_default_credentials\.json|\.npmrc\b|\.pypirc\b|\.yarnrc(?:\.yml)?$|\.bash_history\b|\.zsh_history\b|\.vault-token\b|\.terraform\.d|\.config[/\\]gh[/\\]hosts\.yml|etc[/\\](?:passwd|shadow)\b|authorized_keys\b|known_hosts$|\.claude\.json|\.gitconfig$|\.env(?:\.\w+)?$|var[/\\]run[/\\]secrets)/i;

const PROFILE_PATHS =
  /Local Storage[/\\]+leveldb|Login Data|[/\\]Cookies$|cookies\.sqlite|logins\.json|key4\.db|Local State$|wallet\.dat|\bExodus\b|exodus\.wallet|Electrum[/\\]|Atomic[/\\]|Ledger Live|\.config[/\\]solana|solana[/\\]id\.json|User Data[/\\]|discordcanary|discordptb|[/\\]discord\b|Telegram Desktop[/\\]tdata|nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|ejbalbakoplchlghecdalmeeeajnimhm|hnfanknocfeofbddgcijnmhnfnkdnaad|fhbohimaelbohpjbbldcngcnapndodjp|ibnejdfjmmkpcnlpebklmnkoeoihofec|login-keychain|login\.keychain|BraveSoftware|\.mozilla[/\\]firefox|Opera Software/i;

const AUTOSTART =
  /(?:^|[/\\~"'\s])(?:\.bashrc|\.bash_profile|\.bash_login|\.zshrc|\.zprofile|\.zshenv|\.profile|config\.fish)$|etc[/\\]cron|crontab\b|var[/\\]spool[/\\]cron|\.config[/\\](?:autostart|systemd)|etc[/\\]systemd|systemd[/\\]user|LaunchAgents|LaunchDaemons|Start Menu[/\\]+Programs[/\\]+Startup|CurrentVersion[/\\]+Run\b|schtasks|etc[/\\]rc\.local|etc[/\\]init\.d|etc[/\\]profile|sitecustomize\.py|usercustomize\.py/i;

const REGISTRY_SETTINGS = /(?:^|[/\\~])(?:\.npmrc|\.pypirc|pip\.conf|pip\.ini|\.yarnrc(?:\.yml)?)$/i;
const WORKFLOW = /\.github[/\\]+workflows/i;
const TEMPORARY =
  /^(?:[/\\](?:tmp|var[/\\]tmp|dev[/\\]shm)(?:[/\\]|$))|%temp%|AppData|[/\\]Temp[/\\]|^(?:temp|tmp|appdata|localappdata)$/i;
const MANIFEST = /(?:^|[/\\])package\.json$/;

/** Cheap: most texts hold none of these characters that any of the above needs. */
const NEEDED = /[./\\:_ ]|^(?:temp|tmp|appdata|localappdata|exodus|schtasks|crontab|discord|discordcanary)$/i;
const TEXT_LENGTH = 2_000;

export function marksOfText(text: string): Marks {
  if (text.length < 3) return 0;
  if (text.length > REMEMBERED_LENGTH) return look(text);
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const marks = look(text);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(text, marks);
  return marks;
}

/** A text is looked at in every pass, and wherever its name stands. */
const remembered = new Map<string, Marks>();
const REMEMBERED = 10_000;
const REMEMBERED_LENGTH = 200;

function look(text: string): Marks {
  const payload = isPayload(text) ? Mark.payload : 0;
  if (text.length < 3 || payload !== 0 || !NEEDED.test(text)) return payload;
  const part = text.length > TEXT_LENGTH ? text.slice(0, TEXT_LENGTH) : text;
  let marks = addressMarks(part);
  if (part.length <= 400 && !/^\w{2,10}:\/\//.test(part)) {
    if (CREDENTIAL_PATHS.test(part)) marks |= Mark.credentials;
    if (PROFILE_PATHS.test(part)) marks |= Mark.profile;
    if (AUTOSTART.test(part)) marks |= Mark.autostart;
    if (REGISTRY_SETTINGS.test(part)) marks |= Mark.registrySettings;
    if (WORKFLOW.test(part)) marks |= Mark.workflow;
    if (TEMPORARY.test(part)) marks |= Mark.temporary;
    if (MANIFEST.test(part)) marks |= Mark.manifest;
  }
  return marks;
}

const PAYLOAD_LENGTH = 24;
const PAYLOAD_SAMPLE = 2_000;

/** By its characters: base64 or hex of some length, or bytes that are no text. */
function isPayload(text: string): boolean {
  if (text.length < PAYLOAD_LENGTH) return false;
  const end = Math.min(text.length, PAYLOAD_SAMPLE);
  let [lower, upper, digits, spaces, odd, slashes, binary] = [0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x61 && code <= 0x7a) lower += 1;
    else if (code >= 0x41 && code <= 0x5a) upper += 1;
    else if (code >= 0x30 && code <= 0x39) digits += 1;
    else if (code === 0x20 || code === 0x0a || code === 0x0d) spaces += 1;
    else if (code === 0x2f || code === 0x2b || code === 0x3d || code === 0x2d || code === 0x5f) slashes += 1;
    else if (code < 0x20 || code > 0x7e) binary += 1;
    else odd += 1;
  }
  if (binary * 4 > end || (end >= 80 && odd * 3 > end && spaces * 20 < end)) return true;
  if (odd + binary > 0 || spaces * 20 > end) return false;
  // All hex, or letters of both cases with digits among them, as base64 has them.
  if (slashes === 0 && (upper === 0 || lower === 0) && digits * 5 > end)
    return /^[0-9a-fA-F\s]+$/.test(text.slice(0, end));
  return (lower > 3 && upper > 3 && digits > 1 && slashes * 6 < end) || (text.endsWith("=") && upper > 2);
}

function addressMarks(text: string): Marks {
  // The key of a Telegram bot is all that an address of it lacks.
  if (/^\d{8,10}:AA[\w-]{20,40}$/.test(text)) return Mark.address | Mark.dropAddress | Mark.collector;
  const host = hostOf(text);
  if (host === undefined) return 0;
  const ip = IPV4.exec(host);
  // Four small numbers alone are a version, and what begins with 0, 1 or 2 an object identifier.
  if (ip !== null && host === text && (Number(ip[1]) < 3 || ip.slice(1, 5).every((part) => Number(part) < 30)))
    return 0;
  if (ip !== null) {
    const parts = ip.slice(1, 5).map(Number);
    if (isPublic(parts)) return Mark.address | Mark.bareAddress;
    // A machine of a network, written out as where to send; this machine is none.
    const isOther =
      host !== text && parts[0] !== 127 && parts[0] !== 0 && parts[0] !== 169 && (parts[0] as number) < 224;
    return isOther ? Mark.address : 0;
  }
  const name = host.toLowerCase().split(/[:/]/, 1)[0] as string;
  if (name === "localhost" || name.endsWith(".local") || !name.includes(".")) return 0;
  if (isOf(COLLECTORS, name) || CHAT_HOOK.test(text)) return Mark.address | Mark.dropAddress | Mark.collector;
  return isOf(DROPS, name) ? Mark.address | Mark.dropAddress : Mark.address;
}

/** The host that a text names: a URL's, or the text itself. */
export function hostOf(text: string): string | undefined {
  const url = URL_HOST.exec(text)?.[1];
  if (url !== undefined) return url;
  if (text.length > 300 || /\s/.test(text)) return undefined;
  if (IPV4.test(text)) return text;
  const trimmed = text.startsWith(".") ? text.slice(1) : text;
  if (!HOST_ONLY.test(trimmed)) return undefined;
  const bare = trimmed.split(/[:/]/, 1)[0] as string;
  return FILE_END.test(bare) ? undefined : trimmed;
}

export function isCollector(name: string): boolean {
  return isOf(COLLECTORS, name);
}

function isOf(hosts: readonly string[], name: string): boolean {
  return hosts.some((host) => name === host || name.endsWith(`.${host}`));
}

function isPublic([a = 0, b = 0, c = 0, d = 0]: readonly number[]): boolean {
  if ([a, b, c, d].some((each) => each > 255)) return false;
  // Resolvers that everybody knows by their numbers.
  if (
    /^(?:8\.8\.[84]\.[84]|1\.[01]\.[01]\.[1-3]|9\.9\.9\.\d+|208\.67\.22[02]\.22[02]|149\.112\.112\.112|114\.114\.114\.11[45]|223\.[56]\.[56]\.[56])$/.test(
      [a, b, c, d].join("."),
    )
  )
    return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 192 && b === 168) || (a === 172 && b >= 16 && b <= 31) || (a === 169 && b === 254)) return false;
  return true;
}
