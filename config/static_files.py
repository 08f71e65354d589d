"""Static files as a public site serves them: compressed, named by a hash of their content."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Scripts are modules that import each other; once collected they import the hashed names.

    Django finds `import … from "./x.js"`, `export … from`, `import "./x.js"` and `import("./x.js")`
    with a literal path that begins with a dot (`HashedFilesMixin`). Each pass carries a changed
    hash one module further up, so as many are allowed as imports may be deep; a circle of imports
    never settles and is refused: "Max post-process passes exceeded".
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 10
