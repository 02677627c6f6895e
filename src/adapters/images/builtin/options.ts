export interface BuiltinProviderOptions {
  /** Folder with the artwork and word lists. Default: the package's own `assets/`. */
  readonly assetsDir?: string | undefined;
}
