/** Secrets of one target: a folder, its history, a file, a stream, an image. */
import { resolve } from "node:path";
import { contentsOfImage } from "../collect/image/inventory.ts";
import { secretsOfFile, secretsOfFolder, versionControl } from "../collect/secrets/folder.ts";
import { createGathering } from "../collect/secrets/gathering.ts";
import { secretsOfHistory, together } from "../collect/secrets/history.ts";
import type { KeyedScanner } from "../collect/secrets/scanner.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type OpenOptions, openImage } from "../engines/oci/open.ts";
import { imageAsset, layersOf } from "../evaluate/image/assets.ts";
import { evaluateCommitted, evaluateEmbedded } from "../evaluate/secrets/secrets.ts";
import type { ScanContext } from "./context.ts";

export type SecretsTarget =
  | { readonly kind: "folder"; readonly root: string; readonly history: boolean }
  | { readonly kind: "file" }
  | { readonly kind: "input"; readonly stream: AsyncIterable<Buffer> }
  | { readonly kind: "image" };

/** What standard input is called. */
const INPUT = "standard input";

/** @param name - as the user wrote it */
export async function scanSecrets(
  name: string,
  target: SecretsTarget,
  keyed: KeyedScanner,
  context: ScanContext & { readonly open: OpenOptions },
): Promise<readonly Evaluation[]> {
  const { scanner } = keyed;
  switch (target.kind) {
    case "folder": {
      const { root, history } = target;
      const onProgress = (done: number) => context.onProgress?.({ name, done });
      const past = history ? await secretsOfHistory(root, scanner, { onProgress }) : undefined;
      const present = await secretsOfFolder(root, scanner, { skipped: versionControl, onProgress });
      const found = past === undefined ? present : together(past, present);
      return evaluateCommitted(fileAsset("."), found, context);
    }
    case "file": {
      const found = secretsOfFile(resolve(name), name, scanner);
      return evaluateCommitted(fileAsset(name), found, context);
    }
    case "input": {
      const gathering = createGathering(INPUT);
      const stream = scanner.open("-");
      let bytes = 0;
      for await (const chunk of target.stream) {
        bytes += chunk.length;
        stream.write(chunk);
      }
      gathering.file(INPUT, bytes, stream.end());
      return evaluateCommitted(fileAsset(INPUT), gathering.finish(), context);
    }
    case "image": {
      const named = await openImage(name, context.open);
      try {
        const { secrets } = await contentsOfImage(named.image, { ...context, secrets: keyed });
        if (secrets === undefined) return [];
        const asset = imageAsset({ ...named.image, ...named }, context.now);
        return evaluateEmbedded(asset, secrets, layersOf(named.image, { scanner }), context);
      } finally {
        await named.image.store.close();
      }
    }
  }
}
