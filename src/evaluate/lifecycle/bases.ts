/** Base images as Dockerfiles name them. */
import { imagesUsed } from "../../checks/build/dockerfile/stages.ts";
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import { isPinned } from "../../core/image-name.ts";
import type { Dockerfile } from "../../engines/dockerfile/model.ts";

/** What a variable decides is none of them: nobody knows what it pins. */
export function basesOf(dockerfiles: readonly Dockerfile[]): LifecycleFacts["rebuilds"]["bases"] {
  return dockerfiles.flatMap((dockerfile) =>
    imagesUsed(dockerfile).flatMap(({ name, whole, range }) =>
      whole.includes("$") ? [] : [{ place: { path: dockerfile.path, ...range }, image: whole, pinned: isPinned(name) }],
    ),
  );
}
