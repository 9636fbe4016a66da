/** What of certificates is read. */
export const bounds = {
  /** Of one text in PEM: a bundle of authorities of a great installation. */
  pemBytes: 1024 * 1024,
  certificates: 200,
  /** Certificates between the one that is shown and an authority. */
  pathLength: 5,
} as const;
