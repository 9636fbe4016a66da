import { searched, secretFindings } from "../findings/secret-finding.ts";
import type { SourcesCheck } from "../subjects/tree.ts";

/** Secrets in source code and configuration, before an image has them. */
export const committedSecret: SourcesCheck = {
  id: "build/committed-secret",
  title: "Secrets in source files or Git history",
  layer: "build",
  category: "secret",
  controls: [3],
  severity: "varies",
  documentation: {
    what: "Checks every file, and with `bulkhead secrets scan --history` through every version of it in the repository, for keys, tokens and passwords: by the formats that their issuers document, and for random values that are given to something called a password, a secret, a token or a key. A finding shows the first characters of a secret at most. Examples of documentation, passwords among tests and those of a local database rank low.",
    why: "Anyone who can read the repository can use the secret, and so can anyone who reads a clone, a fork, a backup or a build context. Deleting it in a later commit changes nothing: it stays in the history.",
    fix: "Revoke the secret where it was issued and make a new one: that alone helps. Then take it out of the file, hand it in at run time (a mounted secret, a secret store), and let the build see it through `RUN --mount=type=secret` only. If it is no secret, name the rule in an exception of the policy, or beside it in a comment: `bulkhead:allow RULE reason`.",
    references: [
      "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
      "https://cwe.mitre.org/data/definitions/798.html",
    ],
  },
  subject: "sources",
  needs: { secrets: "partial" },
  looked: ({ secrets }) => searched(secrets),
  *evaluate({ secrets }) {
    yield* secretFindings(secrets.secrets, {
      check: "build/committed-secret",
      fix: "revoke the secret where it was issued; pass a new one at run time",
      locate: ({ path, line, column }) => ({
        kind: "file",
        path,
        ...(line === undefined || column === undefined ? {} : { line, column }),
      }),
    });
  },
};
