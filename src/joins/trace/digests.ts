/** By which digests one image goes. */
import { type ImageName, splitImageName } from "../../core/image-name.ts";
import type { TraceSources } from "./model.ts";

/** Of what the reference came to, the images of an index, and the one that was read with its configuration. */
export function digestsOf({ image, scanned }: Pick<TraceSources, "image" | "scanned">): ReadonlySet<string> {
  return new Set<string>([
    image.subject.digest,
    ...image.children.map(({ digest }) => digest),
    ...("gap" in scanned ? [] : [scanned.configDigest, ...(scanned.manifestDigest ? [scanned.manifestDigest] : [])]),
  ]);
}

/** Runtimes tell a digest with its algorithm, without, or behind a name. */
export function isOneOf(text: string | undefined, digests: ReadonlySet<string>): boolean {
  if (text === undefined) return false;
  const bare = text.slice(text.indexOf("@") + 1);
  return digests.has(/^[0-9a-f]{64}$/.test(bare) ? `sha256:${bare}` : bare);
}

/** Whether a name is that which was asked for, whatever it points to. One that is pinned is no name: its digest says what it is. */
export function isSameName(written: string, asked: string): boolean {
  const { digest } = splitImageName(written);
  const { digest: pinned, tag } = splitImageName(asked);
  return digest === undefined && (pinned === undefined || tag !== undefined) && isSameTag(written, asked);
}

/** Whether both have the tag of one repository, pinned or not. */
export function isSameTag(written: string, asked: string): boolean {
  const [one, other] = [splitImageName(written), splitImageName(asked)];
  const tagOf = ({ tag = "latest" }: ImageName) => tag;
  return one.registry === other.registry && one.repository === other.repository && tagOf(one) === tagOf(other);
}
