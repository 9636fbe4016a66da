/**
 * Finds a program's version among the texts in its data.
 *
 * @param texts - where to look
 * @param release - what of the version the file's name tells (`3.13` of `python3.13`)
 * @returns undefined where nothing is found, or several that differ: then none of them is proof
 */
export type VersionText = (texts: Buffer, release?: string) => string | undefined;

/** Bytes behind a label that are looked at. */
const WINDOW = 96;
/** Places of one label in one file that are looked at. */
const MOST_PLACES = 1_000;
/** Texts that look like versions; a program of 100 MB has some hundred. */
const MOST_TEXTS = 10_000;
/** Of texts that bear a version out. */
const MOST_LONGER = 100;

/** A version right behind a label that belongs to the program alone. */
export function after(label: string, version: RegExp): VersionText {
  const marker = Buffer.from(label, "latin1");
  return (texts) => {
    const found = new Set<string>();
    let at = texts.indexOf(marker);
    for (let places = 0; at >= 0 && places < MOST_PLACES; places++) {
      const start = at + marker.length;
      const match = version.exec(texts.toString("latin1", start, start + WINDOW));
      if (match !== null) found.add(match[0]);
      at = texts.indexOf(marker, start);
    }
    return onlyOne(found);
  };
}

/**
 * A version that is a text of its own, in a program with a telling text elsewhere.
 *
 * @param version - global; its first group is the version, a second one its release
 * @param longer - global; its first group is a text that must begin with the version, to tell it from others
 */
export function amongTexts(telling: string, version: RegExp, longer?: RegExp): VersionText {
  const marker = Buffer.from(telling, "latin1");
  return (texts, release) => {
    if (texts.indexOf(marker) < 0) return undefined;
    const text = texts.toString("latin1");
    const found = new Set<string>();
    let looked = 0;
    for (const [, candidate = "", own] of text.matchAll(version)) {
      if (release === undefined || own === release) found.add(candidate);
      if (++looked > MOST_TEXTS) return undefined;
    }
    if (longer === undefined) return onlyOne(found);
    const borneOut = new Set<string>();
    let places = 0;
    for (const [, whole = ""] of text.matchAll(longer)) {
      for (const candidate of found) if (whole.startsWith(candidate)) borneOut.add(candidate);
      if (++places > MOST_LONGER) return undefined;
    }
    return onlyOne(borneOut);
  };
}

function onlyOne(found: ReadonlySet<string>): string | undefined {
  const [first] = found;
  return found.size === 1 ? first : undefined;
}
