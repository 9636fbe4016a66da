/** The objects of an open repository in a further thread, without reading its indexes again. */
import { type IdTable, openIds } from "./ids.ts";
import type { ObjectFormat } from "./model.ts";
import { type Objects, readObjects } from "./objects.ts";
import { openPackBytes } from "./pack-bytes.ts";
import type { Repository } from "./repository.ts";
import type { Stored, StoredPlaces } from "./stored.ts";

/** Plain data; what is large in it is shared and not copied. */
export interface SharedStore extends StoredPlaces {
  readonly idTable: IdTable;
  readonly format: ObjectFormat;
}

export interface OpenStore extends Disposable {
  readonly stored: Stored;
  readonly objects: Objects;
}

export function shareStore({ stored, facts }: Repository): SharedStore {
  const { ids, packs: _, ...places } = stored;
  return { ...places, idTable: ids.table(), format: facts.format };
}

export function openStore({ idTable, format, ...places }: SharedStore): OpenStore {
  const packs = openPackBytes(places.packPaths);
  const stored: Stored = { ...places, ids: openIds(idTable), packs };
  return { stored, objects: readObjects(stored, format), [Symbol.dispose]: () => packs[Symbol.dispose]() };
}
