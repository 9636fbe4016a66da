import { searched, secretFindings } from "../findings/secret-finding.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Fields of the image's configuration, and no file's path. */
const CONFIGURATION = /^config\.(?:Env\[\d+\]|Labels\..*|Entrypoint|Cmd)$|^history\[\d+\]$/;

/** Secrets that whoever pulls the image can read (NIST SP 800-190, 3.1.4). */
export const embeddedSecret: ImageCheck<"secrets" | "layers"> = {
  id: "image/embedded-secret",
  title: "Secrets in image layers or configuration",
  layer: "image",
  category: "secret",
  controls: [3],
  severity: "varies",
  documentation: {
    what: "Checks every file of every layer, also files that a higher layer deletes or replaces, and through the image's configuration: environment, labels, command, and the history of its instructions with their build arguments. Keys, tokens and passwords are reported by the formats that their issuers document, and by the names that random values are given to. A finding shows the first characters of a secret at most.",
    why: "Anyone who can pull the image has the secret. A file that a later instruction deletes is still in the layer below, and what an ARG or an ENV held is in the history.",
    fix: "Revoke the secret where it was issued and make a new one. Build the image without it: `RUN --mount=type=secret` for what the build needs, a mounted secret for what runs, a .dockerignore for what was copied by mistake. Images that were pushed keep the secret: delete them from the registry.",
    references: [
      "https://doi.org/10.6028/NIST.SP.800-190",
      "https://docs.docker.com/build/building/secrets/",
      "https://github.com/opencontainers/image-spec/blob/main/config.md",
    ],
  },
  subject: "image",
  needs: { secrets: "partial", layers: "partial" },
  looked: ({ secrets }) => searched(secrets),
  *evaluate({ secrets, layers }) {
    yield* secretFindings(secrets.secrets, {
      check: "image/embedded-secret",
      fix: "revoke the secret; rebuild with RUN --mount=type=secret",
      locate: ({ path, line, column, layer }) => {
        const reference = layer === undefined ? undefined : layers[layer];
        if (reference !== undefined) return { kind: "image", path, layer: reference };
        if (CONFIGURATION.test(path)) return { kind: "config", field: path };
        return { kind: "file", path, ...(line === undefined || column === undefined ? {} : { line, column }) };
      },
    });
  },
};
