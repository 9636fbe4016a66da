/**
 * Which images take a secret from a file by a variable of another name: each variable as the image's own entrypoint reads it
 * (docker-library/postgres, mysql, mongo, redmine, wordpress; MariaDB/mariadb-docker; percona/percona-docker; nextcloud/docker;
 * joomla-docker/docker-joomla; phpmyadmin/docker; odoo/docker, 12 and later; friendica/docker; YOURLS/containers; postfixadmin/docker;
 * influxdata/influxdata-docker, 2 and later; neo4j/docker-neo4j, 4.4 and later; grafana/grafana, packaging/docker/run.sh), as of
 * 2026-08. Of any other image nobody knows here.
 *
 * Left out on purpose: rabbitmq, whose entrypoint refuses the variables that it once had; elasticsearch, which wants files of mode
 * 400 or 600, and a Secret's are 644 unless the volume says otherwise.
 */

import type { ImageName } from "../../core/image-name.ts";

interface FileVariables {
  /** Behind the variable's name: `_FILE`, of Grafana `__FILE`. */
  readonly suffix: string;
  readonly variables: RegExp;
  /** Absent: of every tag that is still maintained. */
  readonly tags?: RegExp;
}

const file = (variables: RegExp): FileVariables => ({ suffix: "_FILE", variables });

const MYSQL = file(/^MYSQL_(?:ROOT_PASSWORD|ROOT_HOST|DATABASE|USER|PASSWORD)$/);
const PHPMYADMIN = file(
  /^(?:PMA_(?:USER|PASSWORD|HOSTS?|CONTROLHOST|CONTROLUSER|CONTROLPASS)|MYSQL_(?:ROOT_)?PASSWORD)$/,
);
/** What the start reads before it looks for files is left out. */
const GRAFANA: FileVariables = { suffix: "__FILE", variables: /^GF_(?!AWS_|PATHS_)[A-Z0-9_]+$/ };

/** Repositories of Docker Hub. What a mirror has under such a name nobody knows here. */
const IMAGES: ReadonlyMap<string, FileVariables> = new Map([
  ["library/postgres", file(/^POSTGRES_(?:PASSWORD|USER|DB|INITDB_ARGS)$/)],
  ["library/mysql", MYSQL],
  ["library/percona", MYSQL],
  [
    "library/mariadb",
    file(
      /^(?:(?:MARIADB|MYSQL)_(?:ROOT_PASSWORD|ROOT_HOST|DATABASE|USER|PASSWORD)|MARIADB_(?:(?:ROOT_)?PASSWORD_HASH|REPLICATION_(?:USER|PASSWORD|PASSWORD_HASH)|MASTER_(?:HOST|PORT)))$/,
    ),
  ],
  ["library/mongo", file(/^MONGO_INITDB_ROOT_(?:USERNAME|PASSWORD)$/)],
  [
    "library/wordpress",
    file(
      /^WORDPRESS_(?:DB_(?:HOST|USER|PASSWORD|NAME|CHARSET|COLLATE)|(?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)|TABLE_PREFIX|CONFIG_EXTRA)$/,
    ),
  ],
  [
    "library/redmine",
    file(/^REDMINE_(?:DB_(?:MYSQL|POSTGRES|SQLSERVER|PORT|USERNAME|PASSWORD|DATABASE|ENCODING)|SECRET_KEY_BASE)$/),
  ],
  [
    "library/nextcloud",
    file(
      /^(?:NEXTCLOUD_ADMIN_(?:USER|PASSWORD)|MYSQL_(?:DATABASE|USER|PASSWORD)|POSTGRES_(?:DB|USER|PASSWORD)|REDIS_HOST_PASSWORD|SMTP_PASSWORD|OBJECTSTORE_S3_(?:KEY|SECRET|SSE_C_KEY))$/,
    ),
  ],
  ["library/joomla", file(/^JOOMLA_DB_PASSWORD$/)],
  ["library/phpmyadmin", PHPMYADMIN],
  ["phpmyadmin/phpmyadmin", PHPMYADMIN],
  ["library/odoo", { ...file(/^PASSWORD$/), tags: /^(?:latest$|1[2-9]|[2-9]\d)/ }],
  ["library/friendica", file(/^(?:MYSQL_(?:DATABASE|USER|PASSWORD)|FRIENDICA_ADMIN_MAIL|REDIS_PW)$/)],
  ["library/yourls", file(/^YOURLS_(?:DB_(?:HOST|USER|PASS|NAME|PREFIX)|SITE|USER|PASS)$/)],
  ["library/postfixadmin", file(/^POSTFIXADMIN_(?:DB_(?:TYPE|HOST|PORT|USER|PASSWORD)|SETUP_PASSWORD)$/)],
  ["library/influxdb", file(/^DOCKER_INFLUXDB_INIT_(?:USERNAME|PASSWORD|ADMIN_TOKEN)$/)],
  ["library/neo4j", { ...file(/^NEO4J_AUTH$/), tags: /^(?:latest$|4\.4|5|20\d\d)/ }],
  ["grafana/grafana", GRAFANA],
  ["grafana/grafana-oss", GRAFANA],
  ["grafana/grafana-enterprise", GRAFANA],
]);

/** The variable that names the file; undefined where the image is not known to have one. */
export function fileVariable(
  { registry = HUB, repository, tag = "latest" }: ImageName,
  variable: string,
): string | undefined {
  if (registry !== HUB && registry !== `index.${HUB}`) return undefined;
  const known = IMAGES.get(repository.includes("/") ? repository : `library/${repository}`);
  if (known?.tags?.test(tag) === false) return undefined;
  return known?.variables.test(variable) === true ? `${variable}${known.suffix}` : undefined;
}

const HUB = "docker.io";
