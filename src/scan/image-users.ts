/** Which user the images of a tree run as, for workloads that name them. */
import { isDeepStrictEqual } from "node:util";
import { isNumber, userOf } from "../checks/knowledge/configured-user.ts";
import { splitImageName } from "../core/image-name.ts";
import type { OpenImage } from "../engines/oci/image.ts";
import { type OpenOptions, openImageSet } from "../engines/oci/open.ts";
import type { ImageUser, ImageUsers } from "../fix/kubernetes/image-users.ts";

/** What is broken is not known; that is told where images are judged. */
export async function readImageUsers(paths: readonly string[], open: OpenOptions): Promise<ImageUsers> {
  const byName = new Map<string, ImageUser>();
  for (const path of paths) {
    try {
      const set = await openImageSet(path, open);
      try {
        for (const entry of set.entries) {
          const { image, reference } = await entry.open();
          for (const name of namesOf(reference, image)) {
            const user = imageUser(image);
            const other = byName.get(name);
            // Two images of one name: nothing says which one a workload means.
            byName.set(name, other === undefined || isDeepStrictEqual(other, user) ? user : { known: "no" });
          }
        }
      } finally {
        await set.close();
      }
    } catch {}
  }
  return (image) => {
    const name = splitImageName(image);
    return byName.get(name.digest ?? fullName(name)) ?? { known: "no" };
  };
}

function namesOf(reference: string, { manifestDigest, indexDigest }: OpenImage): string[] {
  const name = splitImageName(reference);
  const named = name.tag === undefined || !reference.includes("/") ? [] : [fullName(name)];
  return [...named, ...[manifestDigest, indexDigest].filter((digest) => digest !== undefined)];
}

/** As engines complete it: of Docker Hub where no registry is stated, `latest` where no tag is. */
function fullName({ registry = "docker.io", repository, tag = "latest" }: ReturnType<typeof splitImageName>): string {
  const path = registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository;
  return `${registry}/${path}:${tag}`;
}

export function imageUser({ config }: Pick<OpenImage, "config">): ImageUser {
  const user = userOf(config.user);
  const ports = config.exposedPorts;
  if (user === "" || user === "root") return { known: "root", user: user || "root", ports };
  if (!isNumber(user)) return { known: "named", user, ports };
  return { known: Number(user) === 0 ? "root" : "number", user, ports };
}
