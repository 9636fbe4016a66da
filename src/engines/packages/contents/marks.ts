/** What a value is known to hold, as bits: marks are gathered where values meet, and taken along where they go. */

export const Mark = {
  /** The whole environment. */
  environment: 1 << 0,
  /** One variable of it. */
  variable: 1 << 1,
  hostName: 1 << 2,
  userName: 1 << 3,
  /** Home or working directory, addresses of this machine, its processes. */
  surroundings: 1 << 4,
  /** The path of a file that holds credentials, or its content. */
  credentials: 1 << 5,
  /** A browser's profile or a wallet. */
  profile: 1 << 6,
  /** Private keys and seed phrases by the names of what holds them. */
  keyMaterial: 1 << 7,
  /** Cookies, stored values and what is typed, in a browser. */
  pageSecrets: 1 << 8,
  /** Screenshots, key strokes, the clipboard, microphones. */
  spied: 1 << 9,
  /** The output of a command. */
  commandOutput: 1 << 10,
  /** What a fixed address sent. */
  downloaded: 1 << 11,
  /** What some address sent. */
  fetched: 1 << 12,
  decoded: 1 << 13,
  /** A fixed address of another machine. */
  address: 1 << 14,
  /** A fixed address of a service that takes what anyone sends: request bins, webhooks, tunnels, file drops. */
  dropAddress: 1 << 15,
  /** A fixed public IP address. */
  bareAddress: 1 << 16,
  /** A connection, client or request that data is sent through. */
  connection: 1 << 17,
  /** A file that was written by this code. */
  written: 1 << 18,
  /** A start-up file, a scheduled job: what it holds runs again. */
  autostart: 1 << 19,
  /** Settings of a package manager. */
  registrySettings: 1 << 20,
  workflow: 1 << 21,
  temporary: 1 << 22,
  /** Of the package's own publishing: package.json, hooks in it. */
  manifest: 1 << 23,
  /** A shell or an interpreter. */
  shell: 1 << 24,
  clipboard: 1 << 25,
  decrypted: 1 << 26,
  module: 1 << 27,
  /** A fixed address of a request bin or a chat's webhook: nothing is there but what was sent. */
  collector: 1 << 28,
  /** A constant that looks like the encoded form of something. */
  payload: 1 << 29,
  /** What such a constant, or the environment, was decoded to. */
  embedded: 1 << 30,
} as const;

export type Marks = number;

/** What of this machine or its user one would have to steal. */
export const SECRETS: Marks =
  Mark.environment | Mark.credentials | Mark.profile | Mark.keyMaterial | Mark.pageSecrets | Mark.spied;

export const IDENTITY: Marks = Mark.hostName | Mark.userName | Mark.surroundings;

export const ANY_ADDRESS: Marks = Mark.address | Mark.dropAddress | Mark.bareAddress | Mark.collector;

export function has(marks: Marks, wanted: Marks): boolean {
  return (marks & wanted) !== 0;
}

/** How many of the wanted marks there are. */
export function countOf(marks: Marks, wanted: Marks): number {
  let rest = marks & wanted;
  let count = 0;
  while (rest !== 0) {
    rest &= rest - 1;
    count += 1;
  }
  return count;
}
