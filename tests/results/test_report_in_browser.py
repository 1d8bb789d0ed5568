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


def test_text_can_be_read_in_both_themes(page):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
    script = """
    const lum = (c) => c.map(v => v/255).map(v => v <= .04045 ? v/12.92 : ((v+.055)/1.055)**2.4)
      .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
    const rgb = (t) => t.match(/[0-9.]+/g).slice(0, 3).map(Number);
    const paper = lum(rgb(getComputedStyle(document.body).backgroundColor));
    return ["body", ".quiet", ".good", ".bad"].map(s => {
      const ink = lum(rgb(getComputedStyle(document.querySelector(s)).color));
      return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
    });
    """
    for _ in range(2):
        assert min(page.execute_script(script)) > 4.5
        page.find_element(By.ID, "theme").click()


def test_everything_is_printed_without_scripts_state(page):
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert len(shown(page, ".detail")) == len(LIGHTPATHS)
        assert shown(page, ".switches") == []
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
