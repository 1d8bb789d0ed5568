"""The report in a real browser: no errors, and what can be clicked does what it should."""

import json
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import apn_emu as apn
from apn_emu.results.report import report_html

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is missing"),
]

LIGHTPATHS = [
    {"from": "tokyo", "to": "chiba", "rate": "100G", "protection": "1+1"},
    {"from": "tokyo", "to": "omiya", "rate": "100G"},
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en-GB"):
        options.add_argument(argument)
    options.add_argument("--disable-background-networking")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(executable_path=DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, result, tmp_path):
    scenario = apn.load("experiments/tokyo_metro.yaml", {"lightpaths": LIGHTPATHS, "workloads": []})
    plan = json.loads(apn.plan(scenario).to_json())
    file = tmp_path / "report.html"
    file.write_text(report_html(result, plan, "apn-emu run it.yaml"), "utf-8")
    browser.get(file.as_uri())
    yield browser
    assert browser.get_log("browser") == []


def shown(page, selector):
    return [e for e in page.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]


def test_a_lightpath_is_chosen_by_keyboard_and_shown_everywhere(page):
    assert shown(page, ".detail") == []
    button = page.find_element(By.CSS_SELECTOR, 'button[data-lightpath="tokyo-chiba"]')
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-pressed") == "true"
    (detail,) = shown(page, ".detail")
    for words in ("tokyo - chiba", "protecting", "191.35 THz, 50 GHz (n = -280, m = 4)", "margin"):
        assert words in detail.text
    ways = page.find_elements(By.CSS_SELECTOR, ".way.on")
    assert {way.get_attribute("class") for way in ways} == {"way on", "way protecting on"}
    assert len(page.find_elements(By.CSS_SELECTOR, ".slot.on")) >= 3
    button.send_keys(Keys.SPACE)
    assert shown(page, ".detail") == []


def test_a_fibre_on_the_map_offers_its_lightpaths_one_after_the_other(page):
    seen = []
    fibre = page.find_element(By.CSS_SELECTOR, '.hit[data-lightpath*=" "]')
    for _ in range(len(fibre.get_attribute("data-lightpath").split()) + 1):
        page.execute_script("arguments[0].dispatchEvent(new MouseEvent('click'))", fibre)
        seen.append([e.get_attribute("data-lightpath") for e in shown(page, ".detail")])
    assert [len(each) for each in seen] == [1] * (len(seen) - 1) + [0]
    assert len({tuple(each) for each in seen}) == len(seen)


def test_a_lightpath_is_chosen_by_its_line_on_the_map(page):
    line = page.find_element(By.CSS_SELECTOR, '.arc-hit[data-lightpath="tokyo-omiya"]')
    page.execute_script("arguments[0].dispatchEvent(new MouseEvent('click'))", line)
    (detail,) = shown(page, ".detail")
    assert "tokyo - omiya" in detail.text
    page.set_window_size(420, 900)  # a long route must not widen the page
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.execute_script(wide) == 0


def test_english_and_japanese_light_and_dark(page):
    body = page.find_element(By.TAG_NAME, "body")
    colours = {body.value_of_css_property("background-color")}
    assert "Expectations" in body.text
    assert "期待値" not in body.text
    page.find_element(By.ID, "language").click()
    assert "期待値" in body.text
    assert "Expectations" not in body.text
    assert page.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ja"
    page.find_element(By.ID, "theme").click()
    colours.add(body.value_of_css_property("background-color"))
    assert len(colours) == 2


def test_nothing_of_our_own_is_english_in_the_japanese_view(page):
    """What has two words in a row and is no code, no picture and no name is text of ours."""
    page.find_element(By.ID, "language").click()
    script = """
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      const hidden = !parent.checkVisibility() || parent.closest("pre, [lang=ja] span, title");
      if (!hidden && /[a-z]{2,} [a-z]{2,}/i.test(walker.currentNode.textContent))
        found.push(walker.currentNode.textContent.trim());
    }
    return found;
    """
    said = {": no forced clock jump", "2 lightpaths lost"}  # by what made the result
    assert set(page.execute_script(script)) == said


def test_all_text_can_be_read_in_both_themes(page):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least, with what is mixed into the background."""
    script = """
    const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgba = (text) => {
      pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
    const luminance = (c) => c.map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const ground = (element) => {
      const below = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
      return over(rgba(getComputedStyle(element).backgroundColor), below);
    };
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement, text = walker.currentNode.textContent;
      if (!text.trim() || !parent.checkVisibility() || parent.closest("script, title")) continue;
      const style = getComputedStyle(parent), below = ground(parent);
      const ink = over(rgba(parent.closest("svg") ? style.fill : style.color), below);
      const [one, two] = [luminance(ink), luminance(below)];
      if ((Math.max(one, two) + .05) / (Math.min(one, two) + .05) < 4.5) poor.push(text);
    }
    return poor;
    """
    for _ in range(2):
        assert page.execute_script(script) == []
        page.find_element(By.ID, "theme").click()


def test_everything_is_printed_without_scripts_state(page):
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert len(shown(page, ".detail")) == len(LIGHTPATHS)
        assert shown(page, ".switches") == []
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
