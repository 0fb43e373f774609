const key = process.env.INPUT_KEY ?? '';
// The rules of @actions/cache: at most 512 characters, no comma.
if (key === '' || key.length > 512 || key.includes(',')) {
  console.log(`::error::"${key}" is no cache key`);
  process.exitCode = 1;
} else {
  console.log(`Cache not found for input keys: ${key}`);
}
