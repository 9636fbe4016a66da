setInterval(() => process.stdout.write("waiting for orders\n"), 60_000);
