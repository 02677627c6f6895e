// Prints what vitest's JSON reports say, one line each, and their sum as the last line. Fails when a test failed or none ran.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const total = { passed: 0, failed: 0 };
for (const file of process.argv.slice(2).filter((path) => existsSync(path))) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const skipped = report.numPendingTests + report.numTodoTests;
  const node = basename(file, '.json').replace('tests-', 'Node ');
  console.log(`${node}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
