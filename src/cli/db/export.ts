import { printable } from "../../core/printable.ts";
import { exportBundle } from "../../engines/vulnerability/bundle/export.ts";
import { signingKey } from "../../engines/vulnerability/bundle/keys.ts";
import { defaultDatabase } from "../paths.ts";

/** `bulkhead db export FILE.bundle` */
export async function dbExport(
  file: string,
  { db, key }: { readonly db?: string; readonly key?: string },
): Promise<number> {
  const signer = key === undefined ? undefined : signingKey(key);
  const { advisories, size, path } = await exportBundle(db ?? defaultDatabase(), file, signer);
  const signature = signer === undefined ? "not signed" : "signed";
  process.stdout.write(
    `${printable(`${advisories} advisories, ${(size / 1e6).toFixed(1)} MB, ${signature}: ${path}`)}\n`,
  );
  return 0;
}
