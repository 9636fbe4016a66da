/**
 * Which images take a secret from a file by a variable of another name: each by its own documentation on the registry. Of any
 * other image nobody knows here.
 */

import type { ImageName } from "../../core/image-name.ts";

interface FileVariables {
  /** Behind the variable's name: `_FILE`, of Grafana `__FILE`. */
  readonly suffix: string;
  readonly variables: RegExp;
}

/** Repositories of Docker Hub, whatever the tag. What a mirror has under such a name nobody knows here. */
const IMAGES: ReadonlyMap<string, FileVariables> = new Map([
  ["library/postgres", { suffix: "_FILE", variables: /^POSTGRES_(?:PASSWORD|USER|DB|INITDB_ARGS)$/ }],
  ["library/mysql", { suffix: "_FILE", variables: /^MYSQL_(?:ROOT_PASSWORD|ROOT_HOST|DATABASE|USER|PASSWORD)$/ }],
  [
    "library/mariadb",
    { suffix: "_FILE", variables: /^(?:MARIADB|MYSQL)_(?:ROOT_PASSWORD|ROOT_HOST|DATABASE|USER|PASSWORD)$/ },
  ],
  ["library/mongo", { suffix: "_FILE", variables: /^MONGO_INITDB_ROOT_(?:USERNAME|PASSWORD)$/ }],
  ["library/wordpress", { suffix: "_FILE", variables: /^WORDPRESS_(?:DB_\w+|\w+_(?:KEY|SALT))$/ }],
  ["library/redmine", { suffix: "_FILE", variables: /^REDMINE_(?:DB_\w+|SECRET_KEY_BASE)$/ }],
  [
    "library/nextcloud",
    {
      suffix: "_FILE",
      variables:
        /^(?:NEXTCLOUD_ADMIN_(?:USER|PASSWORD)|(?:MYSQL|POSTGRES)_(?:DB|DATABASE|USER|PASSWORD)|REDIS_HOST_PASSWORD)$/,
    },
  ],
  ["grafana/grafana", { suffix: "__FILE", variables: /^GF_[A-Z0-9_]+$/ }],
  ["grafana/grafana-oss", { suffix: "__FILE", variables: /^GF_[A-Z0-9_]+$/ }],
]);

/** The variable that names the file; undefined where the image is not known to have one. */
export function fileVariable({ registry = HUB, repository }: ImageName, variable: string): string | undefined {
  if (registry !== HUB && registry !== `index.${HUB}`) return undefined;
  const known = IMAGES.get(repository.includes("/") ? repository : `library/${repository}`);
  return known?.variables.test(variable) === true ? `${variable}${known.suffix}` : undefined;
}

const HUB = "docker.io";
