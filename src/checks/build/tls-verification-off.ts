import type { PlacedCommand } from "../../engines/dockerfile/model.ts";
import { verifies } from "./dockerfile/downloads.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { verificationSwitch } from "./dockerfile/unverified-connections.ts";

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
      const found = verificationSwitch(command);
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
