/** Where in an image's history its base ends, as builders leave their marks. */
import type { HistoryStep } from "../../oci/model.ts";

export interface Boundary {
  /** How many of the lowest layers are below it. */
  readonly layers: number;
  /** Index into the history of the last step below it. */
  readonly step: number;
  readonly name?: string;
  readonly mark: "FROM" | "CMD";
}

/**
 * What buildah notes at the first step of a stage: `FROM docker.io/library/alpine:3.19`; at later steps the id of the
 * image so far stands there. The last one that names an image is the base of the last stage.
 */
const FROM = /^FROM ([^\s@]{1,300}(?:@sha256:[0-9a-f]{64})?)$/;
const IMAGE_ID = /^[0-9a-f]{12,64}$/;

/** `CMD ["bash"]` as BuildKit writes it, and `/bin/sh -c #(nop)  CMD ["bash"]` as the builder before it. */
const START = /^(?:\/bin\/sh -c #\(nop\) {1,4})?(?:CMD|ENTRYPOINT)[ \t[]/;

/**
 * The end of the base by its history; undefined where there is no mark. Of the two marks `FROM` is the builder's own
 * word. `CMD` is a guess: official base images end with one, so the last that stands below the last step that made a
 * layer is the base's, if the application itself has but one at its end.
 */
export function boundaryOf(history: readonly HistoryStep[]): Boundary | undefined {
  const named = history.findLastIndex(({ comment }) => nameIn(comment) !== undefined);
  const name = nameIn(history[named]?.comment);
  if (name !== undefined) {
    return { layers: layersUpTo(history, named - 1), step: named - 1, name, mark: "FROM" };
  }
  const lastLayer = history.findLastIndex(({ emptyLayer }) => !emptyLayer);
  for (let step = lastLayer - 1; step >= 0; step -= 1) {
    if (history[step]?.emptyLayer !== true || !START.test(history[step]?.createdBy ?? "")) continue;
    const layers = layersUpTo(history, step);
    return layers === 0 ? undefined : { layers, step, mark: "CMD" };
  }
  return undefined;
}

function nameIn(comment: string | undefined): string | undefined {
  const name = FROM.exec(comment ?? "")?.[1];
  return name === undefined || IMAGE_ID.test(name) ? undefined : name;
}

function layersUpTo(history: readonly HistoryStep[], last: number): number {
  return history.slice(0, last + 1).filter(({ emptyLayer }) => !emptyLayer).length;
}
