// What Datasette's pages say in scripts of their own; scripts inside pages are not run here.
DATASETTE_ALLOW_FACET = true;

// The menu that its table.js makes of a column's name.
if (document.documentElement.lang === "vi") {
  const words = {
    "Sort ascending": "Xếp tăng dần",
    "Sort descending": "Xếp giảm dần",
    "Facet by this": "Đếm theo cột này",
    "Hide this column": "Ẩn cột này",
    "Show all columns": "Hiện mọi cột",
    "Show not-blank rows": "Chỉ hàng có giá trị",
  };
  new MutationObserver(() => {
    for (const one of document.querySelectorAll(".dropdown-menu a, .dropdown-column-type")) {
      const said = words[one.textContent] || one.textContent.replace(/^Type: /, "Kiểu: ");
      if (said !== one.textContent) one.textContent = said;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
}
