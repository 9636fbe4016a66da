import type { PlacedCommand, ShellCommand } from "../../engines/dockerfile/model.ts";
import { isLocal, verifies } from "./dockerfile/downloads.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { optionWord } from "./dockerfile/options.ts";

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

function switchOf(command: ShellCommand): string | undefined {
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

/** What fetches with this command is compared with something known afterwards. */
function isVerified({ command, instruction }: PlacedCommand): boolean {
  return instruction.commands.slice(command.index + 1).some(verifies);
}

/** Connections whose other end nobody checks. */
export const tlsVerificationOff = dockerfileCheck<"commands">({
  name: "tls-verification-off",
  title: "TLS or host key verification disabled",
  severity: "high",
  withoutControl:
    "it is about connections of the build and of programs, and control 10 is about the mesh between workloads",
  documentation: {
    what: "Checks for commands that take any certificate or any host key: `curl -k`, `wget --no-check-certificate`, `pip --trusted-host`, `strict-ssl false`, `http.sslVerify false`, `sslverify=0`, `StrictHostKeyChecking no`, `GIT_SSL_NO_VERIFY=1` and their like. Not reported: connections to this machine. Where a checksum is compared later in the same `RUN` the severity is low.",
    why: "Anyone who sits on the way decides what is downloaded, and so what is in the image. Settings that are written also hold in every container.",
    fix: "Install `ca-certificates`, or add the missing certificate to the image's store, and leave the check on. For SSH, write the host's key to `known_hosts`.",
    references: [
      "https://curl.se/docs/manpage.html#-k",
      "https://www.gnu.org/software/wget/manual/html_node/HTTPS-_0028SSL_002fTLS_0029-Options.html",
      "https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host",
      "https://man.openbsd.org/ssh_config#StrictHostKeyChecking",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const placed of commands) {
      const { command, instruction } = placed;
      const found = switchOf(command);
      if (found === undefined) continue;
      const { program } = command;
      yield {
        subject: program === undefined ? found : `${program} ${found}`,
        title: `${program ?? "The shell"} disables ${/host|^sftp|^scp/i.test(found) ? "host key" : "certificate"} verification (${found})`,
        severity: isVerified(placed) ? "low" : "high",
        range: command.programWord?.range ?? command.range,
        stage: instruction.stage,
        fix: "install the missing certificate or host key, and keep verification enabled",
      };
    }
  },
});
