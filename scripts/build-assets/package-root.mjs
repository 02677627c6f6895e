/** Folder of an installed devDependency, as a URL that ends with a slash. */
export function packageRoot(name) {
  return new URL(`../../node_modules/${name}/`, import.meta.url);
}
