// The menu of languages leads to the same page in the other language, where it would lead to the home page.
for (const link of document.querySelectorAll(".md-select__link[hreflang]")) {
  const root = new URL(document.querySelector(".md-header__button.md-logo").href.replace(/index\.html$/, ""), location);
  const page = location.pathname.slice(root.pathname.length);
  const home = link.href.replace(/index\.html$/, "");
  link.href = home + (page || "index.html") + location.hash;
}
