import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { shippedStages, unfolded } from "./dockerfile/stages.ts";

/** Names and the values that turn a check of certificates or signatures off, from each program's documentation. */
const switches: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^NODE_TLS_REJECT_UNAUTHORIZED$/, /^0$/, "Node.js takes any certificate"],
  [/^PYTHONHTTPSVERIFY$/, /^0$/, "Python takes any certificate"],
  [/^GIT_SSL_NO_VERIFY$/, /^(?:1|true|yes|on)$/i, "Git takes any certificate"],
  [/^npm_config_strict_ssl$/i, /^(?:false|0)$/i, "npm takes any certificate"],
  [/^PIP_TRUSTED_HOST$/, /./, "pip takes any certificate of the hosts that are named"],
  [/^GOINSECURE$/, /./, "Go fetches modules without TLS"],
  [/^(?:GONOSUMDB|GONOSUMCHECK)$/, /^(?:\*|1)$/, "Go does not check modules against their sums"],
  [/^GOSUMDB$/, /^off$/, "Go does not check modules against the database of sums"],
  [/^BUNDLE_SSL_VERIFY_MODE$/, /^0$/, "Bundler takes any certificate"],
  [/^PGSSLMODE$/, /^(?:disable|allow)$/, "PostgreSQL's clients talk without TLS"],
  [/^DOCKER_CONTENT_TRUST$/, /^0$/, "Docker does not check signatures"],
  [/^ANSIBLE_HOST_KEY_CHECKING$/, /^(?:False|0|no)$/i, "Ansible takes any host's key"],
];

/** Checks of certificates that ENV turns off for all that runs later. */
export const verificationOffInEnv = dockerfileCheck({
  name: "verification-off-in-env",
  title: "Verification disabled by ENV or ARG",
  severity: "high",
  withoutControl:
    "it is about connections of the build and of programs, and control 10 is about the mesh between workloads",
  documentation: {
    what: "Checks for variables of `ENV` and `ARG` that make Node.js, Python, Git, npm, pip, Go, Bundler and others take any certificate or skip a signature or checksum. In stages that do not ship, and for `ARG`, it is of severity medium.",
    why: "All that is fetched from then on can be exchanged by anyone who sits on the way. What `ENV` sets also holds in every container, for the program's own connections.",
    fix: "Add the certificate that is missing to the image's store (`update-ca-certificates`, `NODE_EXTRA_CA_CERTS`, `PIP_CERT`), and leave the check on.",
    references: [
      "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
      "https://git-scm.com/docs/git#Documentation/git.txt-GITSSLNOVERIFY",
      "https://go.dev/ref/mod#environment-variables",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ENV" && instruction.keyword !== "ARG") continue;
      const { stage, keyword } = instruction;
      for (const { name, value, range } of instruction.pairs) {
        const written = value?.value;
        if (written === undefined) continue;
        const [, , what] = switches.find(([names, values]) => names.test(name.text) && values.test(written)) ?? [];
        if (what === undefined) continue;
        const stays = keyword === "ENV" && stage !== undefined && shipped.has(stage);
        yield {
          subject: `${keyword} ${name.text}`,
          title: `${keyword} ${name.text} disables verification: ${what}`,
          severity: stays ? "high" : "medium",
          range,
          stage,
          fix: `remove ${name.text}; install the missing certificate`,
        };
      }
    }
  },
});
