// What only WeChat itself can show: its cashier, and the page on which a receipt is confirmed. Its
// script takes the parameters; what it says afterwards decides nothing, the page hears from the
// server what became of the money.

class KefenBridge extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.call());
    if (window.WeixinJSBridge) this.ready();
    else document.addEventListener("WeixinJSBridgeReady", () => this.ready(), { once: true });
  }

  ready() {
    this.button.hidden = false;
    this.querySelector("[data-when=outside]").hidden = true;
    if (this.hasAttribute("at-once")) this.call();
  }

  call() {
    const parameters = JSON.parse(this.getAttribute("parameters"));
    window.WeixinJSBridge.invoke(this.getAttribute("verb"), parameters, () => {});
  }
}

customElements.define("kefen-bridge", KefenBridge);
