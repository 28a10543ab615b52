package feedserver

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// LANAddress is an address of this machine that others may reach.
type LANAddress struct {
	Addr      netip.Addr
	Interface string // the network card's name: "wlan0", "en0"
}

// virtualCards begin the names of network cards that lead to programs of this machine rather than to a network.
var virtualCards = []string{"docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "vEthernet", "lxc", "cni"}

// LANAddresses lists the addresses that « Réseau local » may listen on, the likeliest first: what a home or an office
// gives its machines, then the rest, those of virtual machines last.
func LANAddresses() ([]LANAddress, error) {
	cards, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("addresses of this machine: %w", err)
	}
	var all []LANAddress
	for _, card := range cards {
		if card.Flags&net.FlagUp == 0 || card.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, err := card.Addrs()
		if err != nil {
			continue // the card went away meanwhile
		}
		for _, a := range addresses {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil {
				all = append(all, LANAddress{prefix.Addr().Unmap(), card.Name})
			}
		}
	}
	return likeliest(all), nil
}

// likeliest leaves out what no link can hold, and puts the rest into order.
func likeliest(all []LANAddress) []LANAddress {
	all = slices.DeleteFunc(all, func(a LANAddress) bool { return !a.Addr.IsGlobalUnicast() })
	slices.SortStableFunc(all, func(a, b LANAddress) int { return unlikely(a) - unlikely(b) })
	return all
}

func unlikely(a LANAddress) (points int) {
	if slices.ContainsFunc(virtualCards, func(v string) bool { return strings.HasPrefix(a.Interface, v) }) {
		points += 4
	}
	if !a.Addr.Is4() {
		points += 2 // long to type, and short-lived: many systems change theirs every day
	}
	if !a.Addr.IsPrivate() {
		points++
	}
	return points
}
