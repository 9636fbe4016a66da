import { verificationSwitch } from "./dockerfile/unverified-connections.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, variablesOf } from "./gitlab/parts.ts";

const VARIABLES: ReadonlyMap<string, RegExp> = new Map([
  ["GIT_SSL_NO_VERIFY", /^(?:1|true|yes|on)$/i],
  ["NODE_TLS_REJECT_UNAUTHORIZED", /^0$/],
  ["PYTHONHTTPSVERIFY", /^0$/],
  ["npm_config_strict_ssl", /^(?:false|0)$/i],
  ["NPM_CONFIG_STRICT_SSL", /^(?:false|0)$/i],
]);

/** Connections of jobs whose other end nobody checks. */
export const gitlabTlsVerificationOff = gitlabCheck({
  name: "gitlab-tls-verification-off",
  title: "Disabled TLS verification in jobs",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks scripts and `variables` of a GitLab pipeline for what takes any certificate: `curl -k`, `wget --no-check-certificate`, `http.sslVerify=false`, `strict-ssl false`, `pip --trusted-host`, `GIT_SSL_NO_VERIFY`, `NODE_TLS_REJECT_UNAUTHORIZED=0`. Not reported: connections to this machine. Severity: medium.",
    why: "Whoever sits on the way decides what the job downloads and reads what it sends, tokens among it.",
    fix: "Add the missing certificate to the store of the image (`CI_SERVER_TLS_CA_FILE` has that of GitLab), and leave the check on.",
    references: [
      "https://curl.se/docs/manpage.html#-k",
      "https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify",
    ],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, job } = one;
      const found = verificationSwitch(command);
      if (found === undefined || /host/i.test(found)) {
        if (found === undefined || !/trusted-host|insecure-host/i.test(found)) continue;
      }
      const program = command.program ?? "the shell";
      yield {
        subject: `${program} ${found}`,
        title: `${program} takes any certificate (${found})`,
        place: commandPlace(one),
        job,
        fix: "add the missing certificate to the image's store, and leave verification on",
      };
    }
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, value } = variable;
      const off = value === undefined ? undefined : VARIABLES.get(name);
      if (off?.test(value?.value ?? "") !== true) continue;
      yield {
        subject: `variable ${name}`,
        title: `${name} switches the verification of certificates off`,
        place: key,
        job,
        fix: `remove ${name}, and add the missing certificate to the image's store`,
      };
    }
  },
});
