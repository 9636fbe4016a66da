import { alnum, atLeast, base64url, exactly, hex, lower, named, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "password");
const url = (scheme: string, host = "db.acme-corp.io:5432/app"): Samples => ({
  found: [
    `URL=${scheme}://app:${password}@${host}`,
    `"${scheme}://app:${password}@${host}"`,
    `${scheme}://app:${password}@localhost/x`,
  ],
  missed: [
    `${scheme}://app@${host}`,
    `${scheme}://app:\${DB_PASSWORD}@${host}`,
    `${scheme}://app:<password>@${host}`,
    `${scheme}://${host}`,
  ],
});

export const databaseSamples: Readonly<Record<string, Samples>> = {
  "postgres-url-password": url("postgres"),
  "mysql-url-password": url("mysql"),
  "mongodb-url-password": url("mongodb+srv"),
  "redis-url-password": url("rediss"),
  "amqp-url-password": url("amqps"),
  "sqlserver-url-password": url("sqlserver"),
  "message-broker-url-password": url("nats"),
  "jdbc-password": texts(
    [
      `jdbc:postgresql://db.acme-corp.io/app?user=a&password=${password}`,
      `jdbc:sqlserver://db;user=a;password=${password};`,
    ],
    ["jdbc:postgresql://db/app?user=a", `jdbc:postgresql://db/app?user=a&password=\${PASS}`],
  ),
  "oracle-thin-password": texts(
    [`jdbc:oracle:thin:scott/${password}@//db:1521/orcl`],
    ["jdbc:oracle:thin:@//db:1521/orcl", `jdbc:oracle:thin:scott/\${PASS}@db`],
  ),
  "ado-net-password": texts(
    [
      `Server=db.acme-corp.io;Database=app;User Id=sa;Password=${password};`,
      `Data Source=db;Initial Catalog=a;uid=sa;pwd=${password}"`,
    ],
    ["Server=db;Database=app;Integrated Security=true;", "Server=db;User Id=sa;Password={0};", `Password=${password}`],
  ),
  "libpq-password": texts(
    [`host=db dbname=app user=a password=${password}`],
    ["host=db dbname=app password=$PASS", `password=${password}`],
  ),
  "planetscale-token": atLeast(`pscale_tkn_${alnum(43)}`, 30),
  "neon-api-key": exactly(`napi_${lower(64)}`),
  "neon-password": exactly(`npg_${alnum(12)}`),
  "supabase-access-token": exactly(`sbp_${hex(40)}`),
  "supabase-secret-key": exactly(`sb_secret_${base64url(22)}_${alnum(8)}`),
  "fauna-secret": exactly(`fnA${alnum(37)}`),
  "influxdb-token": texts(
    [`INFLUX_TOKEN=${base64url(86)}==`.replace("=u", ": u")],
    [`influx: ${base64url(80)}==`, `token: ${base64url(86)}==`],
  ),
  "mongodb-atlas-service-account-secret": atLeast(`mdb_sa_sk_${alnum(40)}`, 40),
  "snowflake-password": named("SNOWFLAKE_PASSWORD", password, "authentication"),
  "confluent-api-secret": named("CONFLUENT_API_SECRET", alnum(64)),
  "aiven-service-password": exactly(`AVNS_${alnum(19)}`),
  "sql-user-password": texts(
    [
      `CREATE USER app IDENTIFIED BY '${alnum(14)}';`,
      `CREATE USER 'a'@'%' IDENTIFIED WITH mysql_native_password BY '${alnum(14)}';`,
      `ALTER ROLE app WITH LOGIN PASSWORD '${alnum(14)}';`,
      `CREATE LOGIN app WITH PASSWORD = N'${alnum(14)}';`,
    ],
    ["CREATE USER app IDENTIFIED BY '<password>';", "ALTER ROLE app PASSWORD NULL;", "IDENTIFIED BY ''"],
  ),
  "stored-password-hash": texts(
    [
      `INSERT INTO users VALUES (1, 'ann', '$2y$12$${alnum(53)}', 1);`,
      `('$argon2id$v=19$m=65536,t=3,p=4$${alnum(22)}$${alnum(43)}')`,
      `"pbkdf2_sha256$260000$${alnum(22)}$${alnum(43)}="`,
      `'$P$B${alnum(30)}'`,
    ],
    [`'$2y$12$${alnum(50)}'`, "'$2y$12$'", `"pbkdf2_sha256$260000$${alnum(22)}"`],
    "db/dump.sql",
  ),
};
