import assert from "node:assert/strict";
import { test } from "node:test";
import { splitImageName } from "../../core/image-name.ts";
import { fileVariable } from "./secret-files.ts";

const of = (image: string, variable: string) => fileVariable(splitImageName(image), variable);

test("what the image's entrypoint reads from a file", () => {
  for (const [image, variable, expected] of [
    ["postgres:18", "POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"],
    ["docker.io/library/mariadb:12", "MARIADB_REPLICATION_PASSWORD", "MARIADB_REPLICATION_PASSWORD_FILE"],
    ["mariadb", "MARIADB_ROOT_PASSWORD_HASH", "MARIADB_ROOT_PASSWORD_HASH_FILE"],
    ["percona:8.0", "MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE"],
    ["wordpress:6-apache", "WORDPRESS_SECURE_AUTH_SALT", "WORDPRESS_SECURE_AUTH_SALT_FILE"],
    ["redmine", "REDMINE_DB_PASSWORD", "REDMINE_DB_PASSWORD_FILE"],
    ["nextcloud:32", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE"],
    ["joomla", "JOOMLA_DB_PASSWORD", "JOOMLA_DB_PASSWORD_FILE"],
    ["phpmyadmin/phpmyadmin", "PMA_CONTROLPASS", "PMA_CONTROLPASS_FILE"],
    ["odoo:19", "PASSWORD", "PASSWORD_FILE"],
    ["influxdb:2", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE"],
    ["neo4j:5", "NEO4J_AUTH", "NEO4J_AUTH_FILE"],
    ["grafana/grafana-enterprise:12.0.0", "GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE"],
  ] as const) {
    assert.equal(of(image, variable), expected, image);
  }
});

test("what it reads from nowhere else is not claimed", () => {
  for (const [image, variable] of [
    ["postgres", "PGPASSWORD"],
    ["redmine", "REDMINE_DB_ADAPTER"],
    ["nextcloud", "POSTGRES_DATABASE"],
    ["wordpress", "WORDPRESS_PLUGIN_KEY"],
    ["joomla", "JOOMLA_DB_USER"],
    ["rabbitmq", "RABBITMQ_DEFAULT_PASS"],
    ["neo4j:3.5", "NEO4J_AUTH"],
    ["odoo:11.0", "PASSWORD"],
    ["elasticsearch", "ELASTIC_PASSWORD"],
    // Its start reads them before it looks for files.
    ["grafana/grafana", "GF_AWS_default_SECRET_ACCESS_KEY"],
    ["grafana/grafana", "GF_PATHS_CONFIG"],
    ["registry.acme-corp.io/postgres", "POSTGRES_PASSWORD"],
  ] as const) {
    assert.equal(of(image, variable), undefined, `${image} ${variable}`);
  }
});
