/** Commands that take any certificate or any host key. */
import type { ShellCommand } from "../../../engines/dockerfile/model.ts";
import { isLocal } from "./downloads.ts";
import { optionWord } from "./options.ts";

const off = /^(?:false|0|no|off)$/i;

/** Options of programs that take any certificate, from their manuals. */
const options: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^curl$/, ["-k", "--insecure", "--proxy-insecure"]],
  [/^wget$/, ["--no-check-certificate"]],
  [/^(?:pip[0-9.]*|python[0-9.]*|uv)$/, ["--trusted-host", "--allow-insecure-host"]],
  [/^(?:helm|kubectl)$/, ["--insecure-skip-tls-verify"]],
  [/^(?:skopeo|buildah|podman)$/, ["--tls-verify=false", "--src-tls-verify=false", "--dest-tls-verify=false"]],
];

/** Settings, as `name=value` or as two words. */
const settings: readonly RegExp[] = [
  /^(?:--)?strict-ssl$/,
  /^http(?:\..*)?\.sslVerify$/i,
  /^ssl_verify$/,
  /^(?:--setopt=)?(?:[\w-]{1,64}\.)?sslverify$/,
  /^Acquire::https(?:::[\w.-]{1,64})?::Verify-(?:Peer|Host)$/i,
  /^StrictHostKeyChecking$/i,
  /^secure-http$/,
];

const variables: readonly (readonly [RegExp, RegExp])[] = [
  [/^GIT_SSL_NO_VERIFY$/, /^(?:1|true|yes|on)$/i],
  [/^(?:NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY)$/, /^0$/],
  [/^npm_config_strict_ssl$/i, off],
];

function setting({ arguments: words }: ShellCommand): string | undefined {
  for (const [at, { text }] of words.entries()) {
    const equals = text.lastIndexOf("=");
    // -oStrictHostKeyChecking=no is one word.
    const name = (equals === -1 ? text : text.slice(0, equals)).replace(/^-o/, "");
    const value = (equals === -1 ? words[at + 1]?.text : text.slice(equals + 1)) ?? "";
    if (off.test(value.replaceAll('"', "")) && settings.some((pattern) => pattern.test(name))) return name;
  }
  return undefined;
}

function variable({ program, assignments, arguments: words }: ShellCommand): string | undefined {
  const set = assignments.map(({ name, value }) => [name, value.text] as const);
  const exported = program === "export" ? words.map(({ text }) => text.split("=", 2)) : [];
  return [...set, ...exported].find(([name = "", value = ""]) =>
    variables.some(([names, values]) => names.test(name) && values.test(value)),
  )?.[0];
}

/** What of it turns the verification off: `-k`, `http.sslVerify`. */
export function verificationSwitch(command: ShellCommand): string | undefined {
  const { program = "" } = command;
  const names = options.find(([programs]) => programs.test(program))?.[1] ?? [];
  const word = optionWord(command, ...names);
  if (word !== undefined) {
    const urls = command.arguments.filter(({ text }) => /^https?:\/\//.test(text));
    if (urls.length > 0 && urls.every(({ text }) => isLocal(text))) return undefined;
    return names.find((name) => word.text === name || word.text.startsWith(`${name}=`)) ?? names[0];
  }
  return setting(command) ?? variable(command);
}
