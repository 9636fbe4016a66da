export const bounds = {
  /** Hours that a broken glass may count, unless the guard is told otherwise. */
  hours: 4,
  reasonCharacters: 300,
  /** Templates that are let through at a time; they are in one ConfigMap, which may hold a megabyte. */
  grants: 500,
  /** Milliseconds that what is granted is remembered: what another replica grants counts here after that. */
  grantsMilliseconds: 2_000,
  /** Grants of whose pods an event was written. */
  noted: 1_000,
  /** Characters of an event's note, as the API takes them. */
  noteCharacters: 1_024,
} as const;
