/** What kind of finding a check makes: the policy has a threshold and an action for each. */
export type Category = (typeof categories)[number];

export const categories = [
  "vulnerability",
  "configuration",
  "secret",
  "license",
  "trust",
  "network",
  "detection",
] as const;

/** What the policy file calls the findings of each. */
export const categoryKeys = {
  vulnerability: "vulnerabilities",
  configuration: "configuration",
  secret: "secrets",
  license: "licenses",
  trust: "trust",
  network: "network",
  detection: "detections",
} as const satisfies Record<Category, string>;

export type CategoryKey = (typeof categoryKeys)[Category];
