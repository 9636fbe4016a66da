/** What a command of a shell does, by its text: install scripts, and what code hands to a shell. Nothing is run or expanded. */

import { has, Mark } from "./marks.ts";
import { isCollector, marksOfText } from "./texts.ts";

export type CommandTrait =
  | "downloads"
  /** What is downloaded is run: piped to a shell, or made executable and started. */
  | "runs-download"
  | "sends"
  /** Names of this machine or user, its environment or files go out. */
  | "sends-secrets"
  | "looks-up-names"
  | "reverse-shell"
  | "encoded"
  | "autostart"
  | "registry-settings"
  | "publishes"
  | "destroys"
  | "mines"
  | "hides"
  | "drop-address"
  | "collector"
  | "bare-address"
  | "loads-library"
  | "secret-scanner"
  | "assistant"
  | "shell";

const DOWNLOAD =
  /\b(?:curl|wget|aria2c|Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|bitsadmin|DownloadFile|DownloadString|DownloadData)\b|certutil(?:\.exe)?\s[^|;&]{0,80}-urlcache|\bmshta\s+["']?https?:/i;
const PIPED_TO_SHELL =
  /\|\s*(?:sudo\s+)?(?:\/\w+\/)*(?:bash|sh|zsh|dash|node|python[23]?|perl|ruby|php|iex|powershell|cmd)\b/i;
const SUBSTITUTED =
  /\b(?:bash|sh|zsh|eval|iex|Invoke-Expression)\b[^\n]{0,40}(?:\$\(|<\(|`|\(\s*(?:iwr|irm|curl|wget|New-Object|Invoke-WebRequest|\[))/i;
const DOWNLOADED_RUN =
  /chmod\s{1,8}(?:\+x|[0-7]{0,3}7[0-7]{0,3}|u\+x|a\+x)\s|Start-Process|\bstart\s+\/|\brundll32\b|\bregsvr32\b/i;
const SENDS =
  /\bcurl\b[^\n;|]{0,300}\s(?:-d|--data\S*|-F|--form|-T|--upload-file|-X\s*POST|-XPOST|--json)\b|\bwget\b[^\n;|]{0,300}--post-(?:data|file)|\b(?:nc|ncat|netcat)\s+[\w.-]+\s+\d+|Invoke-RestMethod[^\n]{0,200}-Method\s+Post|\|\s*curl\b/i;
const NETWORK_TOOL =
  /(?:^|[\s;&|"'(`/])(?:curl|wget|nslookup|dig|host|ping|nc|ncat|Invoke-WebRequest|iwr|Invoke-RestMethod|irm|Resolve-DnsName)\b/i;
const SECRET_VALUE =
  /\$\(\s*(?:whoami|hostname|id|env|printenv|pwd|cat\s|uname|ifconfig|ls\s|base64|set\b)|`\s*(?:whoami|hostname|id|env|printenv|pwd|cat\s|uname|ifconfig)|\$\{?(?:USER|HOSTNAME|HOME|PWD|LOGNAME|AWS_\w+|NPM_TOKEN|GITHUB_TOKEN|CI_JOB_TOKEN)\b|%(?:USERNAME|COMPUTERNAME|USERPROFILE|USERDOMAIN)%|\$env:(?:USERNAME|COMPUTERNAME|USERPROFILE)|\b(?:env|printenv|set|whoami|hostname)\s*(?:\|\s*\w+\s*)?\|\s*(?:base64[^|]{0,30}\|\s*)?(?:curl|nc|wget|xxd)|@\/etc\/passwd|@~?\/\S{0,80}(?:\.ssh|\.aws|\.npmrc|\.env)|cat\s+\S{0,80}(?:\.ssh|\.aws|\.npmrc|etc\/passwd|\.git-credentials|\.kube)/i;
const LOOK_UP = /(?:^|[\s;&|"'(`])(?:nslookup|dig|host|ping|Resolve-DnsName)\b[^\n;|&]{0,200}(?:\$\(|`|\$\{?\w|%\w+%)/i;
const REVERSE_SHELL =
  /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)(?:\.exe)?\s[^\n;|]{0,80}(?:-e|-c|--exec)\s*\S*(?:sh|cmd|powershell)|\bbash\s+-i\b[^\n]{0,60}>&|\bsh\s+-i\b[^\n]{0,60}(?:>&|\|\s*(?:nc|openssl|telnet))|mkfifo\s[^\n]{0,120}(?:nc|openssl|telnet)\b|\bsocat\s[^\n]{0,120}exec:|TCPClient\s*\(|fsockopen\s*\(|socket\.socket\([^\n]{0,300}(?:dup2|pty\.spawn)/i;
const ENCODED =
  /\bbase64\s+(?:-d|-D|--decode)\b[^\n]{0,80}\|\s*(?:sudo\s+)?(?:bash|sh|zsh|node|python[23]?|perl)\b|powershell(?:\.exe)?[^\n]{0,160}\s-e(?:nc\w*|c)?\s+["']?[A-Za-z0-9+/=]{16}|\bxxd\s+-r\b[^\n]{0,60}\|\s*(?:bash|sh)\b|FromBase64String[^\n]{0,200}(?:iex|Invoke-Expression|::Load)|(?:iex|Invoke-Expression)[^\n]{0,200}FromBase64String|\b(?:echo|printf)\s[^\n]{0,20}[A-Za-z0-9+/]{40,}[^\n]{0,20}\|\s*base64/i;
const AUTOSTART =
  />>?\s*["']?(?:~|\$HOME|\$\{HOME\}|\/home\/\w+|\/root|\/etc)\/\.?(?:bashrc|bash_profile|zshrc|zprofile|profile|cron\S*|init\.d\S*|rc\.local)|\bcrontab\s+(?:-\s*$|-\s|\/|<|\S+\.(?:txt|cron))|\|\s*crontab\s+-|\bschtasks(?:\.exe)?\s+\/create\b|\breg(?:\.exe)?\s+add\s[^\n]{0,160}\\Run\b|\bsystemctl\s+(?:--user\s+)?enable\b|\blaunchctl\s+(?:load|bootstrap)\b|Set-ItemProperty[^\n]{0,160}\\Run\b/i;
const REGISTRY =
  /\b(?:npm|yarn|pnpm)\s+(?:config\s+)?set\s+(?:\S+:)?registry\b|\bpip3?\s+config\s+set\s+\S*index-url|_authToken\s*=/i;
const PUBLISH = /\b(?:npm|pnpm|yarn(?:\s+npm)?)\s+publish\b|\btwine\s+upload\b|\bcargo\s+publish\b/i;
const DESTROY =
  /\brm\s+-(?:rf|fr|r\s+-f)\s+(?:--no-preserve-root\s+)?["']?(?:\/(?:\s|\*|$|["'])|~|\$HOME|\$\{HOME\}|\/home\b|\/etc\b|\/usr\b|\/var\b)|\bdel\s+\/[sfq]\b[^\n]{0,60}(?:%USERPROFILE%|C:\\)|\brd\s+\/s\b[^\n]{0,60}(?:%USERPROFILE%|C:\\)|\bmkfs\.|\bdd\s+if=\/dev\/(?:zero|urandom)\s+of=\/dev\/|:\(\)\s*\{\s*:\|:&\s*\};:|\bshred\s+-\S*u|\bcipher\s+\/w:|\bshutdown\s+-[hrs]\b|\bvssadmin\s+delete\b/i;
const MINES =
  /stratum\+(?:tcp|ssl):\/\/|\bxmrig\b|\bcpuminer\b|\bminerd\b|--donate-level|--coin[= ]monero|\bnanominer\b|\bt-rex\b.*pool|\blolminer\b/i;
const HIDES =
  /-w(?:indowstyle)?\s+hidden|\bnohup\b[^\n]{0,200}(?:>\s*\/dev\/null|&\s*$)|>\s*\/dev\/null\s+2>&1\s*&|\bstart\s+\/(?:b|min)\b|-ExecutionPolicy\s+Bypass|\s-nop\b/i;
const LIBRARY =
  /\brundll32(?:\.exe)?\s|\bregsvr32(?:\.exe)?\s|\bLD_PRELOAD=|\bmshta(?:\.exe)?\s|\bInstallUtil\b|\bwscript\b|\bcscript\b/i;
const SCANNER = /\btrufflehog\b|\bgitleaks\b|\bgit-secrets\b/i;
const ASSISTANT = /--dangerously-skip-permissions|--yolo\b|--trust-all-tools|--dangerously-bypass-approvals/i;
const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|z|da|k)?sh$|^(?:cmd|powershell|pwsh)(?:\.exe)?$/i;
const COMMAND_LENGTH = 20_000;

export function commandTraits(command: string): ReadonlySet<CommandTrait> {
  const text = command.length > COMMAND_LENGTH ? command.slice(0, COMMAND_LENGTH) : command;
  const traits = new Set<CommandTrait>();
  const add = (trait: CommandTrait, pattern: RegExp): void => {
    if (pattern.test(text)) traits.add(trait);
  };
  if (text.length < 3) return traits;
  add("downloads", DOWNLOAD);
  if (traits.has("downloads")) {
    if (PIPED_TO_SHELL.test(text) || SUBSTITUTED.test(text) || DOWNLOADED_RUN.test(text) || runsItsOutput(text))
      traits.add("runs-download");
  }
  if (/\bmshta\s+["']?https?:/i.test(text)) traits.add("runs-download");
  if (/\b(?:iex|Invoke-Expression)\b/i.test(text) && traits.has("downloads")) traits.add("runs-download");
  add("sends", SENDS);
  if (NETWORK_TOOL.test(text) && SECRET_VALUE.test(text)) traits.add("sends-secrets");
  add("looks-up-names", LOOK_UP);
  add("reverse-shell", REVERSE_SHELL);
  add("encoded", ENCODED);
  add("autostart", AUTOSTART);
  add("registry-settings", REGISTRY);
  add("publishes", PUBLISH);
  add("destroys", DESTROY);
  add("mines", MINES);
  add("hides", HIDES);
  add("loads-library", LIBRARY);
  add("secret-scanner", SCANNER);
  add("assistant", ASSISTANT);
  add("shell", SHELL);
  for (const word of text.slice(0, 4_000).split(/[\s"'`()<>|;,]+/)) {
    if (!word.includes(".")) continue;
    const marks = marksOfText(word);
    if (has(marks, Mark.bareAddress)) traits.add("bare-address");
    if (has(marks, Mark.dropAddress)) traits.add("drop-address");
    if (has(marks, Mark.collector)) traits.add("collector");
    // $(whoami).example.net: the name itself carries it.
    else if (
      isCollector(
        word
          .toLowerCase()
          .replace(/^[^a-z0-9]+/, "")
          .split(/[:/?]/, 1)[0] as string,
      )
    )
      traits.add("collector");
  }
  return traits;
}

/** A command that asks for names by DNS or sends packets, by its own name. */
export const LOOK_UP_TOOL = /(?:^|[\s;&|"'(`/])(?:nslookup|dig|ping|host)(?:\.exe)?(?:\s|$)/;

/** The file that a download is written to is named again. */
function runsItsOutput(text: string): boolean {
  const output = /(?:\s-[oO]\s*|--output[ =]|--output-document[ =]|-OutFile\s+|>\s*)["']?([\w./\\:%~$-]{2,120})/.exec(
    text,
  );
  const name = output?.[1]?.replace(/^.*[\\/]/, "");
  if (output === null || name === undefined || name.length < 2) return false;
  const rest = text.slice(output.index + output[0].length);
  return rest.includes(name) && !/\b(?:tar|unzip|7z|gunzip|sha256sum|shasum)\b/.test(rest);
}

/** Files of the package that a command starts: `node lib/install.js`, `sh ./x.sh`, `./run`. */
export function startedFiles(command: string): string[] {
  const files: string[] = [];
  for (const word of command.slice(0, COMMAND_LENGTH).split(/[\s"'`();&|=]+/)) {
    if (word === "" || word.startsWith("-") || word.includes("://") || word.length > 300) continue;
    if (/^[\w@./\\-]+$/.test(word)) files.push(word.replaceAll("\\", "/").replace(/^\.\//, ""));
    if (files.length > 50) break;
  }
  return files;
}

/** Code that a command hands to an interpreter: `node -e "…"`, `python -c "…"`. */
export function inlineCode(command: string): { language: "javascript" | "python"; code: string } | undefined {
  const found =
    /\b(?:(node|bun|deno)(?:\.exe)?\s+(?:-\w\s+|eval\s+)*?(?:-e|--eval|-p|-pe|eval)|(python[\d.]*|py)(?:\.exe)?\s+(?:-[a-bd-zA-Z]\s+)*-c)\s*/.exec(
      command.slice(0, COMMAND_LENGTH),
    );
  if (found === null) return undefined;
  const rest = command.slice(found.index + found[0].length);
  const quote = rest[0];
  const code = quote === '"' || quote === "'" || quote === "`" ? quotedPart(rest, quote) : rest;
  return { language: found[1] === undefined ? "python" : "javascript", code };
}

function quotedPart(text: string, quote: string): string {
  let part = "";
  for (let at = 1; at < text.length && text[at] !== quote; at++) {
    if (text[at] === "\\" && at + 1 < text.length) at += 1;
    part += text[at];
  }
  return part;
}
