// Preloaded into a process under test: writes the files that it loaded when it exits.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  writeFileSync(process.env.RECORD_LOADS_FILE, JSON.stringify(files));
});
